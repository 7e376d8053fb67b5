using Millwright.Applications;

namespace Millwright.Tests.Applications;

public sealed class ArrivalTests
{
    private const ulong Seed = 7;

    public static TheoryData<string, double> Processes => new()
    {
        { "poisson", 1 }, { "gamma", 0.25 }, { "gamma", 1 }, { "gamma", 3 }, { "weibull", 0.25 }, { "weibull", 1 }, { "weibull", 3 }, { "constant", 0 },
    };

    [Theory]
    [MemberData(nameof(Processes))]
    public void Gaps_have_the_mean_and_the_spread_that_was_asked_for(string kind, double variation)
    {
        var process = Process(kind, variation);
        Assert.Equal(variation, process.CoefficientOfVariation, 1e-9);
        const int count = 200_000;
        const double rate = 20;
        var clock = new ArrivalClock(process, RateProfile.Constant(rate), Seed);
        Assert.True(clock.TryNext(out var last));
        double sum = 0, squares = 0;
        for (var i = 0; i < count; i++)
        {
            Assert.True(clock.TryNext(out var next));
            Assert.True(next >= last);
            var gap = (next - last) * 1e-12 * rate;
            sum += gap;
            squares += gap * gap;
            last = next;
        }

        // five standard errors of the mean
        var mean = sum / count;
        Assert.Equal(1, mean, 5 * variation / Math.Sqrt(count) + 1e-9);
        var found = Math.Sqrt(Math.Max(0, squares / count - mean * mean));
        Assert.Equal(variation, found, variation <= 1 ? 0.01 : 0.15);
    }

    [Theory]
    [InlineData("poisson", 1)]
    [InlineData("gamma", 4)]
    [InlineData("weibull", 3)]
    [InlineData("gamma", 0.3)]
    public void The_rate_holds_from_the_start(string kind, double variation)
    {
        // two gaps' time: with an ordinary first gap a gamma process of CV 4 would bring several times as many
        const int runs = 8_000;
        double sum = 0, squares = 0;
        for (var run = 0; run < runs; run++)
        {
            var clock = new ArrivalClock(Process(kind, variation), RateProfile.Constant(1), (ulong)run);
            var count = 0;
            while (clock.TryNext(out var at) && at < 2 * TraceText.Second)
            {
                count++;
            }

            sum += count;
            squares += (double)count * count;
        }

        var mean = sum / runs;
        Assert.Equal(2, mean, 5 * Math.Sqrt((squares / runs - mean * mean) / runs));
    }

    [Fact]
    public void Constant_arrivals_stand_where_they_should_to_the_picosecond()
    {
        var read = Requests(ArrivalProcess.Constant, RateProfile.Constant(8), requests: 5);
        Assert.Equal([125_000_000_000, 250_000_000_000, 375_000_000_000, 500_000_000_000, 625_000_000_000], read.Select(r => r.ArrivalPicoseconds));
    }

    [Fact]
    public void A_weibull_process_of_variation_one_is_a_poisson_process()
    {
        Assert.Equal(1, ArrivalProcess.Weibull(1).Shape, 1e-9);
        Assert.Equal(1, ArrivalProcess.Gamma(1).Shape, 1e-12);

        // CV of shape 0.5: Γ(5) / Γ(3)² - 1 = 5
        Assert.Equal(Math.Sqrt(5), ArrivalProcess.WeibullOfShape(0.5).CoefficientOfVariation, 1e-9);
        Assert.Equal(0.5, ArrivalProcess.Weibull(Math.Sqrt(5)).Shape, 1e-9);
    }

    [Fact]
    public void A_ramp_brings_as_many_requests_as_the_integral_of_its_rate()
    {
        // 0 to 10 /s over 100 s: arrival n at sqrt(20 n); then 10 /s
        var read = Requests(ArrivalProcess.Constant, RateProfile.Ramp(0, 10, 100), requests: 600);
        for (var n = 1; n <= 600; n++)
        {
            var expected = n <= 500 ? Math.Sqrt(20.0 * n) : 100 + (n - 500) / 10.0;
            Assert.Equal(expected, read[n - 1].ArrivalPicoseconds * 1e-12, 1e-9);
        }
    }

    [Fact]
    public void A_falling_ramp_ends_the_load_where_it_reaches_zero()
    {
        var read = Requests(ArrivalProcess.Constant, RateProfile.Ramp(10, 0, 20), requests: 1000);
        Assert.InRange(read.Count, 99, 100);
        Assert.True(read[^1].ArrivalPicoseconds <= 20 * TraceText.Second);
    }

    [Fact]
    public void A_day_keeps_its_mean_and_repeats()
    {
        double[] weights = [1, 1, 0, 0, 2, 4, 6, 2];
        var profile = RateProfile.Day(0.5, weights);
        var read = Requests(ArrivalProcess.Constant, profile, durationSeconds: 3 * 86_400);
        Assert.InRange(read.Count, 3 * 43_200 - 1, 3 * 43_200);
        for (var eighth = 0; eighth < 8; eighth++)
        {
            // trapezoids of the weights, of mean 2
            var expected = (weights[eighth] + weights[(eighth + 1) % 8]) / 2 / 2 * 0.5 * 10_800;
            for (var day = 0; day < 3; day++)
            {
                var begin = (day * 86_400L + eighth * 10_800L) * TraceText.Second;
                Assert.Equal(expected, read.Count(r => r.ArrivalPicoseconds > begin && r.ArrivalPicoseconds <= begin + 10_800 * TraceText.Second), 1.001);
            }
        }
    }

    [Fact]
    public void Requests_depend_on_the_seed_and_not_on_how_many_are_asked_for()
    {
        var some = Requests(ArrivalProcess.Gamma(2), RateProfile.Constant(5), requests: 100);
        var more = Requests(ArrivalProcess.Gamma(2), RateProfile.Constant(5), requests: 1000);
        var other = TraceText.All(new GeneratedRequests(ArrivalProcess.Gamma(2), RateProfile.Constant(5), LengthDistribution.Uniform(100, 50, 0.8), Seed + 1, 100));
        Assert.Equal(some, more[..100]);
        Assert.NotEqual(some, other);
        Assert.Equal(some, Requests(ArrivalProcess.Gamma(2), RateProfile.Constant(5), durationSeconds: 1e6).Take(100));
    }

    [Fact]
    public void A_table_of_lengths_takes_arrivals_of_a_clock_and_keeps_its_rows()
    {
        using var stream = new MemoryStream(TraceText.Sample("reasoning-mix-4388.csv"));
        var timed = TraceText.All(new TimedRequests(TraceRequests.Open(stream), new ArrivalClock(ArrivalProcess.Poisson, RateProfile.Constant(2), Seed)));
        var rows = TraceText.Read(TraceText.Sample("reasoning-mix-4388.csv"));
        Assert.Equal(rows.Select(r => (r.InputTokens, r.OutputTokens)), timed.Select(r => (r.InputTokens, r.OutputTokens)));
        Assert.Equal(2194, timed[^1].ArrivalPicoseconds * 1e-12, 5 * Math.Sqrt(4388) / 2);
    }

    [Fact]
    public void A_clock_that_stands_still_does_not_lose_rows_in_silence()
    {
        using var stream = new MemoryStream(TraceText.Vidur(10));
        var timed = new TimedRequests(TraceRequests.Open(stream), new ArrivalClock(ArrivalProcess.Constant, RateProfile.Ramp(1, 0, 4), Seed));
        Assert.Throws<InvalidOperationException>(() => TraceText.All(timed));
    }

    [Fact]
    public void A_drawn_request_allocates_nothing()
    {
        Assert.Equal(0, TraceText.LeastAllocated(
            () => new GeneratedRequests(ArrivalProcess.Gamma(2), RateProfile.Constant(400), LengthDistribution.Uniform(100, 50, 0.8), Seed, 20_000)));
    }

    [Fact]
    public void What_makes_no_load_is_refused()
    {
        Assert.Throws<ArgumentException>(() => RateProfile.Constant(0));
        Assert.Throws<ArgumentException>(() => RateProfile.Constant(double.NaN));
        Assert.Throws<ArgumentException>(() => RateProfile.Linear([new(0, 1), new(5, 2), new(4, 1)]));
        Assert.Throws<ArgumentException>(() => RateProfile.Linear([new(0, 1), new(5, 2)], periodSeconds: 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArrivalProcess.Gamma(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArrivalProcess.Weibull(101));
        Assert.Throws<ArgumentException>(() => Requests(ArrivalProcess.Poisson, RateProfile.Constant(1)));
        Assert.Throws<InvalidOperationException>(() => Requests(ArrivalProcess.Constant, RateProfile.Constant(1e-7), requests: 1));
    }

    private static ArrivalProcess Process(string kind, double variation) => kind switch
    {
        "poisson" => ArrivalProcess.Poisson,
        "gamma" => ArrivalProcess.Gamma(variation),
        "weibull" => ArrivalProcess.Weibull(variation),
        _ => ArrivalProcess.Constant,
    };

    private static List<TraceRequest> Requests(ArrivalProcess process, RateProfile rates, long? requests = null, double? durationSeconds = null) =>
        TraceText.All(new GeneratedRequests(process, rates, LengthDistribution.Uniform(100, 50, 0.8), Seed, requests, durationSeconds));
}
