using Millwright.Serving;

namespace Millwright.Cli.Measured.Own;

/// <summary>What a cluster adds to the prediction: three numbers with a meaning.</summary>
/// <param name="HostSeconds">Time of each step that no operator explains: scheduling, sampling, network and client, s; 0 where nothing is known.</param>
/// <param name="DecodeFactor">Time of decoding over the predicted one; 1 where nothing is known.</param>
/// <param name="PrefillFactor">Time of prompts over the predicted one; 1 where nothing is known.</param>
internal readonly record struct Residuals(double HostSeconds, double DecodeFactor, double PrefillFactor)
{
    /// <summary>Nothing added.</summary>
    public static Residuals None { get; } = new(0, 1, 1);

    /// <summary>
    /// Predictions with residuals laid over: the time per token is scaled and lengthened, the time to first token likewise, and a closed loop turns by as
    /// much slower as its requests last longer.
    /// </summary>
    /// <param name="predictor">What predicts without them.</param>
    public static Func<Residuals, ServingCase, ServingEstimate?> Over(IServingPredictor predictor) => (residuals, run) =>
    {
        if (predictor.Predict(run, out _) is not { } bare)
        {
            return null;
        }

        double perToken = bare.TimePerOutputTokenSeconds * residuals.DecodeFactor + residuals.HostSeconds;
        double firstToken = bare.TimeToFirstTokenSeconds * residuals.PrefillFactor + residuals.HostSeconds;
        double steps = Math.Max(1, run.Lengths.MeanOutputTokens - 1);
        double slower = (firstToken + steps * perToken) / (bare.TimeToFirstTokenSeconds + steps * bare.TimePerOutputTokenSeconds);
        double served = run.Load == LoadKind.OpenLoop ? 1 : 1 / slower;
        double ratio = perToken / bare.TimePerOutputTokenSeconds;
        return bare with
        {
            TimePerOutputTokenSeconds = perToken,
            TimePerOutputTokenLowSeconds = bare.TimePerOutputTokenLowSeconds * ratio,
            TimePerOutputTokenHighSeconds = bare.TimePerOutputTokenHighSeconds * ratio,
            TimeToFirstTokenSeconds = firstToken,
            TotalTokensPerChipSecond = bare.TotalTokensPerChipSecond * served,
            OutputTokensPerChipSecond = bare.OutputTokensPerChipSecond * served,
            MaxRequestsPerSecond = bare.MaxRequestsPerSecond / slower,
        };
    };
}
