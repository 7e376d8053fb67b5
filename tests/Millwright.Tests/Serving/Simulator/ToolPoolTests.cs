using Millwright.Applications.Tasks;
using Millwright.Numerics;
using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Tests.Serving.Simulator;

/// <summary>Sandboxes against queues whose means are known, and against a plain simulation step by step.</summary>
public sealed class ToolPoolTests
{
    private const int Uses = 400_000;

    [Theory]
    [InlineData(1, 0.7)]
    [InlineData(3, 0.8)]
    [InlineData(10, 0.9)]
    public void Exponential_times_wait_as_Erlang_says(int sandboxes, double load)
    {
        // M/M/c: mean wait = C(c, a) / (c - a) services, with the probability C of having to wait by Erlang's second formula
        double offered = load * sandboxes;
        double blocked = 1;
        for (int k = 1; k <= sandboxes; k++)
        {
            blocked = offered * blocked / (k + offered * blocked);
        }

        double waits = blocked / (1 - load * (1 - blocked));
        ToolPool pool = Run(new ToolPool(sandboxes), offered, static (random, i) => -Math.Log(random.Uniform(2, i)));
        Assert.Equal(waits / (sandboxes - offered), pool.Waiting.Mean / SimulatedTime.PerSecond, 0.06 * waits / (sandboxes - offered));
        Assert.Equal(offered, pool.Total.BusySeconds / (Uses / offered), 0.02 * offered);
    }

    [Fact]
    public void Fixed_times_wait_as_Pollaczek_and_Khinchine_say()
    {
        foreach (double load in new[] { 0.5, 0.8 })
        {
            double wait = load / (2 * (1 - load));
            Assert.Equal(wait, Run(new ToolPool(1), load, static (_, _) => 1).Waiting.Mean / SimulatedTime.PerSecond, 0.03 * wait);

            // one sandbox without end of its cores, or one core without end of sandboxes: the same queue
            Assert.Equal(Run(new ToolPool(1), load, static (_, _) => 1).Total, Run(new ToolPool(cores: 1), load, static (_, _) => 1).Total);
        }
    }

    [Fact]
    public void Without_limits_nothing_waits()
    {
        ToolPool pool = Run(new ToolPool(), 50, static (random, i) => -Math.Log(random.Uniform(2, i)));
        Assert.Equal(WideInteger.Zero, pool.Total.WaitingPicoseconds);
        Assert.Equal(Uses, pool.Total.Uses);
    }

    [Fact]
    public void Sandboxes_and_cores_together_are_first_come_first_served()
    {
        RandomStream random = new(4);
        for (int round = 0; round < 300; round++)
        {
            int sandboxes = 1 + (int)(4 * random.Uniform(10, round));
            int cores = 1 + (int)(6 * random.Uniform(11, round));
            ToolPool pool = new(sandboxes, cores, 1);
            List<(long Start, long End, int Cores)> placed = [];
            long now = 0, last = 0, waited = 0;
            for (int i = 0; i < 60; i++)
            {
                // whole numbers, so that ends and arrivals fall together
                now += (long)(3 * random.Uniform(12, (round * 100) + i));
                ToolUse use = new(0, (long)(8 * random.Uniform(13, (round * 100) + i)), 1 + (int)(cores * random.Uniform(14, (round * 100) + i)));
                long start = Math.Max(now, last);
                while (placed.Count(p => p.Start <= start && start < p.End) >= sandboxes || placed.Where(p => p.Start <= start && start < p.End).Sum(p => p.Cores) + use.Cores > cores)
                {
                    start++;
                }

                placed.Add((start, start + use.Picoseconds, (int)use.Cores));
                last = start;
                waited += start - now;
                Assert.Equal(start + use.Picoseconds, pool.Start(now, use));
            }

            Assert.Equal((WideInteger)waited, pool.Total.WaitingPicoseconds);
            Assert.Equal(pool.Total, pool.Kinds[0]);
            Assert.True(pool.MostBusy <= sandboxes);
        }
    }

    [Fact]
    public void Tries_and_failures_are_counted()
    {
        ToolPool pool = new(kinds: 2);
        pool.Start(0, new ToolUse(0, 5, 0.5, 3, Failed: false));
        pool.Start(0, new ToolUse(1, 7, 2, 2, Failed: true));
        Assert.Equal(new ToolTally(2, 5, 4, 1, 12, 500 * 5 + 2000 * 7, 0), pool.Total);
        Assert.Equal(3, pool.Total.Retries);
        Assert.Equal(new ToolTally(1, 2, 2, 1, 7, 14_000, 0), pool.Kinds[1]);
    }

    [Fact]
    public void What_cannot_run_is_refused()
    {
        ToolPool pool = new(2, 4);
        pool.Start(10, new ToolUse(0, 5, 1));
        Assert.Contains("order of time", Assert.Throws<ArgumentException>(() => pool.Start(9, new ToolUse(0, 5, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("give them more", Assert.Throws<ArgumentException>(() => pool.Start(10, new ToolUse(0, 5, 4.5))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ToolPool(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ToolPool(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ToolPool(1, double.NaN));
    }

    // Poisson arrivals at a rate a second, services of mean 1 s
    private static ToolPool Run(ToolPool pool, double rate, Func<RandomStream, long, double> service)
    {
        RandomStream random = new(9);
        double time = 0;
        for (int i = 0; i < Uses; i++)
        {
            time += -Math.Log(random.Uniform(1, i)) / rate;
            pool.Start(SimulatedTime.FromSeconds(time), new ToolUse(0, SimulatedTime.FromSeconds(service(random, i)), 1));
        }

        return pool;
    }
}
