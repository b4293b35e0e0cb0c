/* Reads streams of server-sent events as fast as they come, and measures them.
 *
 *     drain -p PORT -c CONNECTIONS -s SECONDS [-w WARM_UP] [-r RAMP] [-i INTERVAL]
 *           [-l LEAD] [-n EVENTS] < REQUEST
 *
 * The request is read from standard input and sent on each connection, again whenever
 * the response to it has ended. Connections are opened evenly over RAMP seconds. When
 * WARM_UP seconds more have passed, "begin" is printed, and what comes in the next
 * SECONDS counts; then "end" is printed. All times are in seconds.
 *
 * After anything but the response that `response.h` wants, which is an error, the
 * connection begins anew. With EVENTS given, a stream of another number is wrong.
 *
 * With INTERVAL given, events of a stream are meant to come one interval after the
 * other, but for the first LEAD of them, which come with the one after them. The grid of
 * a stream is laid so that its earliest event is in time; how much later than on that
 * grid an event comes is its lateness. A constant delay is none, a drift is.
 *
 * Prints one line of JSON at the end; times in it are in milliseconds.
 */
#define _GNU_SOURCE
#include "response.h"
#include "times.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READY = 1024, PIECE = 1 << 18 };
static const double RETRY_S = 0.05, LOOK_S = 0.05;

struct stream {
    int fd;                /* -1: it is closed, */
    double open_at;        /* and to be opened then */
    bool is_connected;
    double asked;
    struct response response;
    bool was_heard;        /* there was an event, ever */
    double *came;          /* when each event did */
    int room;
};

static int port, connections, lead, expected;
static double seconds, warm_up, ramp, interval;
static char request[1 << 16];
static size_t request_bytes;

static int poller;
static struct stream *streams;
static int closed;         /* how many of them are */
static double begin;       /* of the time that counts */
static struct times ttft, late;
static long events, bytes, reads, complete, errors, wrong, shortest, longest;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void watch(struct stream *s, int what, uint32_t wanted)
{
    struct epoll_event event = {.events = wanted, .data.ptr = s};
    if (epoll_ctl(poller, what, s->fd, &event) < 0)
        err(1, "epoll_ctl");
}

static void fail(struct stream *s)
{
    errors++;
    close(s->fd);
    s->fd = -1;
    closed++;
    s->open_at = now() + RETRY_S;
}

static void open_stream(struct stream *s)
{
    int yes = 1;
    struct sockaddr_in server = {.sin_family = AF_INET};
    server.sin_port = htons((uint16_t)port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (s->fd < 0)
        err(1, "socket");
    closed--;
    s->is_connected = false;
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    int result = connect(s->fd, (struct sockaddr *)&server, sizeof server);
    if (result < 0 && errno != EINPROGRESS)
        return fail(s);
    watch(s, EPOLL_CTL_ADD, EPOLLOUT);
}

static void ask(struct stream *s)
{
    response_begin(&s->response);
    s->asked = now();
    if (write(s->fd, request, request_bytes) != (ssize_t)request_bytes)
        fail(s);
}

static void connected(struct stream *s)
{
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error)
        return fail(s);
    s->is_connected = true;
    watch(s, EPOLL_CTL_MOD, EPOLLIN);
    ask(s);
}

/* Return how long after event 0 event *k* is due. */
static double due(int k)
{
    return k > lead ? (k - lead) * interval : 0;
}

/* Count how late those events of a stream came that are in the time that counts. */
static void add_lateness(const struct stream *s)
{
    int n = interval > 0 ? s->response.events : 0;
    double base = n ? s->came[0] : 0;
    for (int k = 1; k < n; k++)
        if (s->came[k] - due(k) < base)
            base = s->came[k] - due(k);
    for (int k = 0; k < n; k++)
        if (s->came[k] >= begin)
            times_add(&late, s->came[k] - due(k) - base);
}

/* Take note of the events from number *k* on, which came at *t*. */
static void note(struct stream *s, int k, double t)
{
    if (!k && s->asked >= begin)
        times_add(&ttft, t - s->asked);
    if (t >= begin)
        events += s->response.events - k;
    s->was_heard = true;
    if (interval <= 0)
        return;
    while (s->room < s->response.events) {
        s->room = s->room ? 2 * s->room : 256;
        s->came = realloc(s->came, (size_t)s->room * sizeof *s->came);
        if (!s->came)
            err(1, "no memory");
    }
    for (; k < s->response.events; k++)
        s->came[k] = t;
}

static void ended(struct stream *s, double t)
{
    add_lateness(s);
    wrong += expected && s->response.events != expected;
    if (t >= begin) {
        long size = s->response.bytes;
        shortest = complete && shortest < size ? shortest : size;
        longest = longest > size ? longest : size;
        complete++;
    }
    ask(s);
}

static void read_more(struct stream *s)
{
    static char piece[PIECE];
    ssize_t size = read(s->fd, piece, sizeof piece);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0)
        return fail(s);
    double t = now();
    int before = s->response.events;
    long before_bytes = s->response.bytes;
    enum progress progress = response_take(&s->response, piece, (size_t)size);
    if (s->response.events > before)
        note(s, before, t);
    if (t >= begin) {
        bytes += s->response.bytes - before_bytes;
        reads++;
    }
    if (progress == ENDED)
        ended(s, t);
    else if (progress == REFUSED)
        fail(s);
}

/* Open what is to be open at *t*; return how long there is nothing to be opened. */
static double open_due(double t)
{
    double wait = LOOK_S;
    for (int i = 0; closed && i < connections; i++) {
        struct stream *s = &streams[i];
        if (s->fd < 0 && s->open_at <= t)
            open_stream(s);
        if (s->fd < 0 && s->open_at - t < wait)
            wait = s->open_at - t;
    }
    return wait;
}

static void run_until(double stop)
{
    static struct epoll_event ready[READY];
    for (double t; (t = now()) < stop;) {
        double wait = open_due(t);
        if (stop - t < wait)
            wait = stop - t;
        int n = epoll_wait(poller, ready, READY, (int)(1e3 * wait) + 1);
        for (int i = 0; i < n; i++) {
            struct stream *s = ready[i].data.ptr;
            if (s->is_connected)
                read_more(s);
            else
                connected(s);
        }
    }
}

static void say(const char *word)
{
    puts(word);
    fflush(stdout);
}

static void report(double took, double used)
{
    int silent = 0;
    for (int i = 0; i < connections; i++) {
        add_lateness(&streams[i]);
        silent += !streams[i].was_heard;
    }
    printf("{\"seconds\":%.6f,\"events\":%ld,\"bytes\":%ld,\"reads\":%ld,\"streams\":%ld,"
           "\"shortest_bytes\":%ld,\"longest_bytes\":%ld,\"errors\":%ld,\"wrong\":%ld,"
           "\"silent\":%d,\"cpu_s\":%.6f,",
           took, events, bytes, reads, complete, shortest, longest, errors, wrong,
           silent, used);
    printf("\"ttft\":{\"n\":%ld,\"p50_ms\":%.2f,\"p99_ms\":%.2f},"
           "\"late\":{\"n\":%ld,\"p50_ms\":%.2f,\"p99_ms\":%.2f}}\n",
           ttft.count, times_percentile(&ttft, .5), times_percentile(&ttft, .99),
           late.count, times_percentile(&late, .5), times_percentile(&late, .99));
}

static void read_options(int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "p:c:s:w:r:i:l:n:")) != -1;)
        switch (option) {
        case 'p': port = atoi(optarg); break;
        case 'c': connections = atoi(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'w': warm_up = atof(optarg); break;
        case 'r': ramp = atof(optarg); break;
        case 'i': interval = atof(optarg); break;
        case 'l': lead = atoi(optarg); break;
        case 'n': expected = atoi(optarg); break;
        default: exit(2);
        }
    request_bytes = fread(request, 1, sizeof request, stdin);
    if (port <= 0 || connections <= 0 || seconds <= 0 || !request_bytes)
        errx(2, "a port, connections, seconds, and a request on standard input, please");
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    poller = epoll_create1(0);
    streams = calloc((size_t)connections, sizeof *streams);
    if (poller < 0 || !streams)
        err(1, "no memory");
    double start = now();
    begin = start + ramp + warm_up;
    for (closed = 0; closed < connections; closed++) {
        streams[closed].fd = -1;
        streams[closed].open_at = start + ramp * closed / connections;
    }
    run_until(begin);
    begin = now();
    double used = cpu();
    say("begin");
    run_until(begin + seconds);
    double took = now() - begin;
    used = cpu() - used;
    say("end");
    report(took, used);
}
