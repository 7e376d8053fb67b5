using Millwright.Cli.Measured.Own;
using Millwright.Cli.Tests.Commands;
using Millwright.Performance;
using Millwright.Serving;

namespace Millwright.Cli.Tests.Measured.Own;

public sealed class OwnFitTests
{
    // A predictor whose times follow the load alone, so that the truth is known.
    private static readonly Func<Residuals, ServingCase, ServingEstimate?> s_predict = Residuals.Over(new LoadPredictor());

    [Fact]
    public void Residuals_that_made_the_data_are_found_again()
    {
        Residuals truth = new(0.002, 1.2, 1.5);
        OwnFit fit = OwnFit.Of([.. Loads(1, 2, 4, 8, 16, 32, 64).Select((load, i) => Run("f" + i, load, truth))], s_predict);
        Assert.Equal(3, fit.Fitted);
        // the pull towards 0, 1 and 1 costs a little
        Assert.Equal(0.002, fit.Residuals.HostSeconds, 0.0004);
        Assert.Equal(1.2, fit.Residuals.DecodeFactor, 0.02);
        // one time to first token alone tells it, with a noise of 0.25 against a spread of 0.4 before: it goes so far and no further
        double weight = Math.Pow(0.25, -2) / (Math.Pow(0.25, -2) + Math.Pow(0.4, -2));
        Assert.Equal(Math.Pow(1.5, weight), fit.Residuals.PrefillFactor, 0.01);
        Assert.Equal("file", fit.LeftOutBy);
        Assert.All(fit.Lines, l => Assert.InRange(l.LeftOut!.Value / l.Measured, 0.96, 1.04));
        Assert.True(fit.Lines.Average(l => Math.Abs(l.After / l.Measured - 1)) < 0.1 * fit.Lines.Average(l => Math.Abs(l.Before / l.Measured - 1)));
        Assert.InRange(fit.Band!.Value.High, 1, 1.05);
    }

    [Fact]
    public void Data_that_agree_leave_everything_as_it_is()
    {
        OwnFit fit = OwnFit.Of([.. Loads(1, 4, 16, 64).Select((load, i) => Run("f" + i, load, Residuals.None))], s_predict);
        Assert.Equal(0, fit.Residuals.HostSeconds, 1e-6);
        Assert.Equal(1, fit.Residuals.DecodeFactor, 1e-6);
        Assert.Equal(1, fit.Residuals.PrefillFactor, 1e-6);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    public void Fewer_points_fit_fewer_residuals(int points, int fitted)
    {
        OwnFit fit = OwnFit.Of([.. Loads(1, 8, 64).Take(points).Select((load, i) => Run("f" + i, load, new(0.001, 1.3, 1.4)))], s_predict);
        Assert.Equal(fitted, fit.Fitted);
        Assert.Equal(fitted < 2, fit.Residuals.HostSeconds == 0);
        Assert.Equal(fitted < 3, fit.Residuals.PrefillFactor == 1);
        Assert.Equal("", fit.LeftOutBy);
        Assert.Null(fit.Band);
        Assert.All(fit.Lines, l => Assert.True(Math.Abs(l.After / l.Measured - 1) < Math.Abs(l.Before / l.Measured - 1)));
    }

    [Fact]
    public void One_point_moves_the_factor_less_than_it_says()
    {
        OwnFit fit = OwnFit.Of([Run("f", 8, new(0, 1.5, 1))], s_predict);
        Assert.InRange(fit.Residuals.DecodeFactor, 1.4, 1.499);
    }

    [Fact]
    public void Loads_of_two_files_are_left_out_one_by_one()
    {
        OwnFit fit = OwnFit.Of([.. Loads(1, 4, 16, 64).Select((load, i) => Run("f" + i % 2, load, new(0.001, 1.1, 1)))], s_predict);
        Assert.Equal("point", fit.LeftOutBy);
    }

    [Fact]
    public void Host_time_is_never_negative()
    {
        OwnFit fit = OwnFit.Of([.. Loads(1, 2, 4, 8, 16).Select((load, i) => Run("f" + i, load, new(0, 0.8, 1)))], s_predict);
        Assert.Equal(0, fit.Residuals.HostSeconds);
        Assert.InRange(fit.Residuals.DecodeFactor, 0.79, 0.83);
    }

    [Fact]
    public void Residuals_slow_a_closed_loop_as_much_as_its_requests()
    {
        ServingCase run = Run("f", 8, Residuals.None).Case;
        ServingEstimate bare = s_predict(Residuals.None, run)!;
        ServingEstimate twice = s_predict(new(0, 2, 2), run)!;
        Assert.Equal(bare.TotalTokensPerChipSecond / 2, twice.TotalTokensPerChipSecond, 1e-9);
        Assert.Equal(bare.TimePerOutputTokenHighSeconds * 2, twice.TimePerOutputTokenHighSeconds, 1e-12);
    }

    [Fact]
    public async Task The_command_shows_before_after_and_the_band()
    {
        using WorkFolder folder = new();
        string[] files = [.. new[] { 4, 16, 32, 64 }.Select(load => folder.File($"c{load}.json", OwnSamples.Vllm.Replace("\"max_concurrency\": 32", $"\"max_concurrency\": {load}", StringComparison.Ordinal)))];
        string output = await Run_("calibrate", "mine", files[0], files[1], files[2], files[3], "--system", "H100-SXM", "--tp", "1", "--json", folder.File("o.json"), "--html", folder.File("o.html"));
        Assert.Contains("llama-3.1-8b on 1 x (tp1)", output, StringComparison.Ordinal);
        Assert.Contains("3 residuals fitted to 4 loads", output, StringComparison.Ordinal);
        foreach (string word in new[] { "decode factor", "host overhead", "prefill factor", "before", "after", "left out", "Band: 8 of 10" })
        {
            Assert.Contains(word, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_cannot_be_run_is_refused()
    {
        using WorkFolder folder = new();
        string file = folder.File("a.json", OwnSamples.Vllm);
        Assert.Contains("knows no chip \"H1\"", await Commands.Run.Refuses("calibrate", "mine", file, "--system", "H1"), StringComparison.Ordinal);
        Assert.Contains("Name it with --model", await Commands.Run.Refuses("calibrate", "mine", folder.File("b.json", OwnSamples.Vllm.Replace("Llama-3.1-8B-Instruct", "my-finetune", StringComparison.Ordinal)), "--system", "H100-SXM"), StringComparison.Ordinal);
        Assert.Contains("from 1 to 65536", await Commands.Run.Refuses("calibrate", "mine", file, "--system", "H100-SXM", "--tp", "-2"), StringComparison.Ordinal);
        Assert.Contains("--tp", await Commands.Run.Refuses("calibrate", "mine", file, "--system", "H100-SXM", "--tp", "7"), StringComparison.Ordinal);
        Assert.Contains("--system", await Commands.Run.Refuses("calibrate", "mine", file), StringComparison.Ordinal);
        Assert.Contains("no such file", await Commands.Run.Refuses("calibrate", "mine", folder.File("none.json"), "--system", "H100-SXM"), StringComparison.Ordinal);
    }

    private static Task<string> Run_(params string[] arguments) => Commands.Run.Answers(arguments);

    private static int[] Loads(params int[] loads) => loads;

    private static OwnRun Run(string file, int load, Residuals truth)
    {
        ServingCase run = Sample.Map(Sample.Row with { Id = file + load, Concurrency = load }).Case!;
        ServingEstimate estimate = s_predict(truth, run)!;
        OwnPoint point = new()
        {
            File = file,
            Place = 1,
            Tool = "test",
            InputTokens = 1000,
            OutputTokens = 100,
            Concurrency = load,
            TimePerOutputTokenMs = estimate.TimePerOutputTokenSeconds * 1e3,
            TimeToFirstTokenMs = estimate.TimeToFirstTokenSeconds * 1e3,
        };
        return new OwnRun(point, run, 8, load == 1);
    }

    private sealed class LoadPredictor : IServingPredictor
    {
        public ServingEstimate? Predict(ServingCase run, out string reason)
        {
            reason = "";
            double token = 0.005 + 0.0005 * run.Concurrency;
            return new ServingEstimate(token, token / 1.2, token * 1.2, 0.2, 100, 10, 1, 500, new ParallelLayout(8), []);
        }
    }
}
