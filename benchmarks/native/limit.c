/* The physical limit: one send() for each event, and next to nothing else.
 *
 *     limit BODY
 *
 * BODY is a file of server-sent events. Each request, whatever it asks, is answered by
 * all of them, each as one chunk of HTTP/1.1. A connection sends TURN events, then the
 * next one has its turn. One process, one thread; ends with its standard input. It is
 * to be asked by `drain`, which sends a request in one piece, and only when the
 * response to the one before has ended.
 *
 * Prints where it serves as one line of JSON, as `midstream serve --json` does.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURN = 16, READY = 256, PIECES = 1 << 20, BACKLOG = 4096 };

static const char HEAD[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: text/event-stream; charset=utf-8\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";

struct piece { const char *data; size_t size; };

struct peer {
    int fd;
    int next;              /* the piece to be sent next; -1: nothing was asked */
    size_t done;           /* how much of it has been sent */
    bool is_full;          /* its socket takes no more for now */
    struct peer *later;    /* who has the turn after this one */
};

static struct piece pieces[PIECES];
static int count;
static int poller;
static struct peer *first, **last = &first;
static int waiting;        /* for their turn */

static void add_piece(const char *data, size_t size)
{
    if (count == PIECES)
        errx(1, "the body has more than %d events", PIECES - 2);
    pieces[count++] = (struct piece){data, size};
}

/* Cut the file at its blank lines; add the head before and the last chunk behind. */
static void read_pieces(const char *path)
{
    FILE *file = fopen(path, "r");
    char *body = NULL;
    size_t room = 0;
    ssize_t size = file ? getdelim(&body, &room, EOF, file) : -1;
    if (size < 0)
        err(1, "%s", path);
    add_piece(HEAD, sizeof HEAD - 1);
    for (char *at = body, *end; at < body + size; at = end) {
        end = memmem(at, (size_t)(body + size - at), "\n\n", 2);
        if (!end)
            errx(1, "%s: the last event does not end with a blank line", path);
        end += 2;
        char *chunk;
        int length = asprintf(&chunk, "%zx\r\n%.*s\r\n", (size_t)(end - at),
                              (int)(end - at), at);
        if (length < 0)
            err(1, "no memory");
        add_piece(chunk, (size_t)length);
    }
    add_piece("0\r\n\r\n", 5);
    free(body);
    fclose(file);
}

static void queue(struct peer *peer)
{
    peer->later = NULL;
    *last = peer;
    last = &peer->later;
    waiting++;
}

static struct peer *take(void)
{
    struct peer *peer = first;
    first = peer->later;
    if (!first)
        last = &first;
    waiting--;
    return peer;
}

static void watch(struct peer *peer, int what, uint32_t events)
{
    struct epoll_event wanted = {.events = events, .data.ptr = peer};
    if (epoll_ctl(poller, what, peer->fd, &wanted) < 0)
        err(1, "epoll_ctl");
}

static void leave(struct peer *peer)
{
    close(peer->fd);
    free(peer);
}

/* Send a few pieces; queue up for more, or wait until the socket takes more. */
static void serve(struct peer *peer)
{
    for (int turn = 0; turn < TURN && peer->next < count; turn++) {
        struct piece *piece = &pieces[peer->next];
        ssize_t sent = send(peer->fd, piece->data + peer->done,
                            piece->size - peer->done, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            return leave(peer);
        if (sent < 0) {
            peer->is_full = true;
            return watch(peer, EPOLL_CTL_MOD, EPOLLOUT);
        }
        peer->done += (size_t)sent;
        if (peer->done == piece->size) {
            peer->next++;
            peer->done = 0;
        }
    }
    if (peer->next < count)
        queue(peer);
    else
        peer->next = -1;
}

/* Take note of a request, or that the client has left between two of them. */
static void hear(struct peer *peer)
{
    char request[1 << 16];
    if (read(peer->fd, request, sizeof request) <= 0)
        return leave(peer);
    peer->next = 0;
    peer->done = 0;
    queue(peer);
}

/* Something is up with a connection; who has left in the middle, send() will tell. */
static void look(struct peer *peer)
{
    if (peer->next < 0)
        hear(peer);
    else if (peer->is_full) {
        peer->is_full = false;
        watch(peer, EPOLL_CTL_MOD, EPOLLIN);
        queue(peer);
    }
}

static void greet(int listener)
{
    int yes = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    struct peer *peer = calloc(1, sizeof *peer);
    if (fd < 0 || !peer)
        err(1, "accept");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    peer->fd = fd;
    peer->next = -1;
    watch(peer, EPOLL_CTL_ADD, EPOLLIN);
}

static int listen_anywhere(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET};
    socklen_t size = sizeof here;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&here, size) < 0 || listen(fd, BACKLOG) < 0
        || getsockname(fd, (struct sockaddr *)&here, &size) < 0)
        err(1, "listen");
    printf("{\"servers\":[{\"base_url\":\"http://127.0.0.1:%d\",\"pid\":%d}]}\n",
           ntohs(here.sin_port), getpid());
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        errx(2, "usage: limit BODY");
    read_pieces(argv[1]);
    poller = epoll_create1(0);
    struct peer listener = {.fd = listen_anywhere()}, input = {.fd = STDIN_FILENO};
    watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
    watch(&input, EPOLL_CTL_ADD, EPOLLIN);
    for (;;) {
        struct epoll_event ready[READY];
        int n = epoll_wait(poller, ready, READY, waiting ? 0 : -1);
        for (int i = 0; i < n; i++) {
            struct peer *peer = ready[i].data.ptr;
            if (peer == &input)
                return 0;
            if (peer == &listener)
                greet(listener.fd);
            else
                look(peer);
        }
        for (int turns = waiting; turns > 0; turns--)
            serve(take());
    }
}
