/* A response as it comes, piece by piece: where it ends, and how many events it has had.
 *
 * No input or output, no clock. It has to be a 200 with a chunked body (RFC 9112,
 * section 7.1). An event is what ends with a blank line, as in WHATWG HTML, 9.2.5; lines
 * end with LF or CR LF. That an event has data is not looked at.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { HEAD_MAX = 1 << 13 };
enum part { HEAD, SIZE, DATA, DATA_END, TRAILER };
enum progress { GOES_ON, ENDED, REFUSED };

struct response {
    enum part part;
    char head[HEAD_MAX];
    size_t head_bytes;
    size_t left;           /* of the chunk; in SIZE: its size, as far as it was read */
    bool is_line_empty;    /* no byte but CR came since the last LF; of the trailer, too */
    int events;
    long bytes;            /* of the body, without the framing of chunks */
};

static void response_begin(struct response *r)
{
    r->part = HEAD;
    r->head_bytes = r->left = 0;
    r->is_line_empty = false;
    r->events = 0;
    r->bytes = 0;
}

static int response_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 'a' - 'A';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Take the next byte of the head; say whether all is well. */
static bool response_head(struct response *r, char byte)
{
    if (r->head_bytes == HEAD_MAX - 1)
        return false;
    r->head[r->head_bytes++] = byte;
    r->head[r->head_bytes] = 0;
    if (r->head_bytes < 4 || strcmp(r->head + r->head_bytes - 4, "\r\n\r\n"))
        return true;
    r->part = SIZE;
    return !strncmp(r->head, "HTTP/1.1 200", 12)
        && strcasestr(r->head, "\r\ntransfer-encoding: chunked\r\n");
}

/* Take the next byte of the line that says a chunk's size; say whether all is well. */
static bool response_size(struct response *r, char byte)
{
    if (byte == '\n') {
        r->part = r->left ? DATA : TRAILER;
        r->is_line_empty = r->left ? r->is_line_empty : true;
    } else if (byte != '\r') {
        int digit = response_digit(byte);
        if (digit < 0 || r->left >> 40)
            return false;
        r->left = 16 * r->left + (size_t)digit;
    }
    return true;
}

/* Count the blank lines in a piece of the body. */
static void response_data(struct response *r, const char *at, const char *stop)
{
    r->bytes += stop - at;
    for (const char *newline; at < stop; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(stop - at));
        const char *end = newline ? newline : stop;
        if (end > at + 1 || (end == at + 1 && *at != '\r'))
            r->is_line_empty = false;
        if (!newline)
            return;
        r->events += r->is_line_empty;
        r->is_line_empty = true;
    }
}

/* Take what has come; what comes behind the end of a response is refused. */
static enum progress response_take(struct response *r, const char *at, size_t size)
{
    const char *stop = at + size;
    while (at < stop) {
        size_t piece = (size_t)(stop - at) < r->left ? (size_t)(stop - at) : r->left;
        switch (r->part) {
        case HEAD:
            if (!response_head(r, *at++))
                return REFUSED;
            break;
        case SIZE:
            if (!response_size(r, *at++))
                return REFUSED;
            break;
        case DATA:
            response_data(r, at, at + piece);
            at += piece;
            r->left -= piece;
            if (!r->left)
                r->part = DATA_END;
            break;
        case DATA_END:
            if (*at++ == '\n')
                r->part = SIZE;
            break;
        case TRAILER:
            if (*at == '\n' && r->is_line_empty)
                return at + 1 == stop ? ENDED : REFUSED;
            r->is_line_empty = *at == '\n' || (*at == '\r' && r->is_line_empty);
            at++;
            break;
        }
    }
    return GOES_ON;
}
