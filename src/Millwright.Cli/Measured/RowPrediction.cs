using System.Globalization;
using System.Text;
using Millwright.Cli.Output;
using Millwright.Serving;

namespace Millwright.Cli.Measured;

/// <summary>A row with what was predicted for it.</summary>
/// <param name="Mapped">The row and its run.</param>
/// <param name="Estimate">The prediction; null where there is none.</param>
/// <param name="Status">"ok"; "unanswered" where the row defines no run; "refused" where the run cannot be, such as a model that does not fit.</param>
/// <param name="Reason">Why there is no prediction, or what was assumed.</param>
internal sealed record RowPrediction(MappedRow Mapped, ServingEstimate? Estimate, string Status, string Reason)
{
    public const string Ok = "ok";
    public const string Unanswered = "unanswered";
    public const string Refused = "refused";

    /// <summary>The row.</summary>
    public ServingRow Row => Mapped.Row;

    /// <summary>TPOT, ms.</summary>
    public double? TimePerOutputTokenMs => Estimate?.TimePerOutputTokenSeconds * 1e3;

    /// <summary>Total tokens per chip that the row counts, and second.</summary>
    public double? TotalTokensPerChipSecond => Estimate?.TotalTokensPerChipSecond * Mapped.ChipsPerCountedChip;

    /// <summary>Output tokens per chip that the row counts, and second.</summary>
    public double? OutputTokensPerChipSecond => Estimate?.OutputTokensPerChipSecond * Mapped.ChipsPerCountedChip;

    /// <summary>Predicts rows on all processors; the order is that of the rows.</summary>
    public static RowPrediction[] Of(IReadOnlyList<ServingRow> rows, ServingCaseReader reader, IServingPredictor predictor, IProgress<double>? progress, CancellationToken cancellation)
    {
        MappedRow[] mapped = [.. rows.Select(reader.Read)];
        RowPrediction[] predictions = new RowPrediction[mapped.Length];
        int done = 0;
        Parallel.For(0, mapped.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            predictions[i] = Of(mapped[i], predictor);
            progress?.Report((double)Interlocked.Increment(ref done) / mapped.Length);
        });
        return predictions;
    }

    private static RowPrediction Of(MappedRow mapped, IServingPredictor predictor)
    {
        if (mapped.Case is not { } run)
        {
            return new RowPrediction(mapped, null, Unanswered, mapped.Reason);
        }

        return predictor.Predict(run, out string reason) is { } estimate
            ? new RowPrediction(mapped, estimate, Ok, string.Join("; ", mapped.Remarks.Concat(estimate.Remarks).Distinct(StringComparer.Ordinal)))
            : new RowPrediction(mapped, null, Refused, reason);
    }
}

/// <summary>The file of predictions: one line a row, in the order of the measured rows.</summary>
internal static class PredictionFile
{
    /// <summary>Its columns.</summary>
    public const string Header =
        "id,status,reason,tpot_ms_mean,tpot_ms_p50,tpot_ms_low,tpot_ms_high,ttft_ms_mean,ttft_ms_p50,ttft_ms_p99,total_tok_s_per_chip,output_tok_s_per_chip,"
        + "max_request_rate_per_s,avg_power_w_per_chip,joules_per_output_token";

    /// <summary>The whole text. Steps of a steady load hardly differ, so mean and median of TPOT are one value; the p99 of TTFT is left empty where a run was not replayed.</summary>
    public static string Text(IEnumerable<RowPrediction> predictions)
    {
        StringBuilder text = new(Header + "\n");
        foreach (RowPrediction prediction in predictions)
        {
            ServingEstimate? estimate = prediction.Estimate;
            int counted = prediction.Mapped.ChipsPerCountedChip;
            text.AppendJoin(
                ',',
                Quoted(prediction.Row.Id),
                prediction.Status,
                Quoted(prediction.Reason),
                Number(estimate?.TimePerOutputTokenSeconds * 1e3),
                Number(estimate?.TimePerOutputTokenSeconds * 1e3),
                Number(estimate?.TimePerOutputTokenLowSeconds * 1e3),
                Number(estimate?.TimePerOutputTokenHighSeconds * 1e3),
                Number(estimate?.TimeToFirstTokenSeconds * 1e3),
                Number((estimate?.TimeToFirstTokenMedianSeconds ?? estimate?.TimeToFirstTokenSeconds) * 1e3),
                Number(estimate?.TimeToFirstTokenP99Seconds * 1e3),
                Number(prediction.TotalTokensPerChipSecond),
                Number(prediction.OutputTokensPerChipSecond),
                Number(estimate?.MaxRequestsPerSecond),
                Number(estimate?.ChipWatts * counted),
                Number(estimate?.ChipWatts / estimate?.OutputTokensPerChipSecond)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Writes the file beside its place and renames it.</summary>
    public static void Write(OutputFile file, IEnumerable<RowPrediction> predictions) => file.Write(Text(predictions));

    private static string Number(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("G7", CultureInfo.InvariantCulture) : "";

    private static string Quoted(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.AsSpan().ContainsAny(',', '"') ? $"\"{line.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : line;
    }
}
