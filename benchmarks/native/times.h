/* How often times came, in steps of 10 us; what is longer than 10 s counts as that. */
enum { STEPS = 1 << 20 };
static const double STEP_S = 1e-5;

struct times { long count, steps[STEPS]; };

static void times_add(struct times *times, double s)
{
    double step = s / STEP_S;
    times->steps[step < 0 ? 0 : step < STEPS ? (int)step : STEPS - 1]++;
    times->count++;
}

/* Return the time that *part* of all did not exceed, in ms; of none, 0. */
static double times_percentile(const struct times *times, double part)
{
    double wanted = part * (double)times->count;
    long seen = 0;
    for (int step = 0; step < STEPS && times->count; step++)
        if ((double)(seen += times->steps[step]) >= wanted)
            return 1e3 * STEP_S * (step + 1);
    return 0;
}
