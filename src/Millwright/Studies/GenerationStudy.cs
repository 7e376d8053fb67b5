using System.Globalization;
using Millwright.Applications;
using Millwright.Chips;
using Millwright.Models;
using Millwright.Numerics;
using Millwright.Serving.Search;

namespace Millwright.Studies;

/// <summary>One system on the workload that all are compared by.</summary>
/// <param name="Offer">The system with the cost of its chip-hour.</param>
/// <param name="Date">Year of availability with its fraction; null where it is not known.</param>
/// <param name="InLine">True for the line of generations, false for the others.</param>
/// <param name="Point">Its best deployment within the limits; null when it has none.</param>
/// <param name="Nearest">Where it has none: its nearest.</param>
/// <param name="Remark">Why there is none, or what to know; may be empty.</param>
public sealed record GenerationRow(SystemOffer Offer, double? Date, bool InLine, SearchPoint? Point, SearchPoint? Nearest, string Remark)
{
    /// <summary>Output tokens a second and watt of rated chip power.</summary>
    public double? OutputTokensPerWattSecond => Point is { } p && Offer.System.ChipWatts is { } watts ? p.OutputTokensPerChipSecond / watts : null;
}

/// <summary>A range of a gain or of a factor.</summary>
/// <param name="Low">p10.</param>
/// <param name="High">p90.</param>
public readonly record struct FactorBand(double Low, double High);

/// <summary>The gain from one generation to the next, split over what changed.</summary>
/// <param name="From">Id of the older.</param>
/// <param name="To">Id of the newer.</param>
/// <param name="Gain">Output for a chip of the newer over that of the older.</param>
/// <param name="Low">p10 of the gain by the bands of both predictions, which share what kernels of one measured system share.</param>
/// <param name="High">p90.</param>
/// <param name="Factors">Factor of each element; they multiply to the gain, and one that did not change has 1.</param>
/// <param name="Bands">Range of each factor, by the errors of the mixtures that it comes from.</param>
/// <param name="BeyondLimits">Mixtures that miss a limit and count with their nearest point.</param>
/// <param name="Mixtures">Mixtures that were solved.</param>
public sealed record GenerationGain(
    string From, string To, double Gain, double Low, double High, IReadOnlyDictionary<GenerationElement, double> Factors,
    IReadOnlyDictionary<GenerationElement, FactorBand> Bands, int BeyondLimits, int Mixtures);

/// <summary>Growth by date.</summary>
/// <param name="What">What grows.</param>
/// <param name="PerYear">Growth a year, relative.</param>
/// <param name="Low">p10.</param>
/// <param name="High">p90.</param>
/// <param name="Points">Systems of the fit.</param>
public sealed record GenerationGrowth(string What, double PerYear, double Low, double High, int Points);

/// <summary>Systems of ten years on one model and one service objective.</summary>
/// <param name="Rows">The systems by date.</param>
/// <param name="Gains">The gain of each step of the line.</param>
/// <param name="Growth">Growth a year along the line.</param>
public sealed record GenerationReport(IReadOnlyList<GenerationRow> Rows, IReadOnlyList<GenerationGain> Gains, IReadOnlyList<GenerationGrowth> Growth);

/// <summary>Lines up the generations of systems on one workload, and splits the gain of each.</summary>
public static class GenerationStudy
{
    /// <summary>The line of generations: one system a step, the one that most of its chips were sold in.</summary>
    public static IReadOnlyList<string> Line { get; } =
        ["dgx1-p100", "dgx1-v100", "dgx-a100-40", "hgx-a100-80", "hgx-h100", "hgx-h200", "hgx-b200", "gb200-nvl72", "gb300-nvl72", "vr200-nvl72", "vr300-kyber"];

    /// <summary>Chips that every system is compared on: a multiple of the systems of 8, 16, 64, 72, 144 and 576, so that none is left over.</summary>
    public const int ChipsCompared = 1152;

    /// <summary>What is looked at for each system: prefill and decode together, up to 4 pipeline stages and 64 chips a replica, across domains.</summary>
    public static SearchSpace Space { get; } = new()
    {
        Apart = false,
        TokenBudgets = [8192],
        MostPipelineStages = 4,
        MostReplicaChips = 64,
        BatchesPerOctave = 2,
    };

    // of the draws of errors; the study has no scenario that states one
    private const ulong Seed = 1;

    // p10 and p90 of a normal distribution
    /// <summary>Solves every system, and every mixture of two that follow each other.</summary>
    /// <param name="search">The search.</param>
    /// <param name="offers">The systems with the cost of their chip-hours.</param>
    /// <param name="model">The model.</param>
    /// <param name="lengths">Request lengths.</param>
    /// <param name="firstTokenSeconds">Limit on the time to first token, s.</param>
    /// <param name="perTokenSeconds">Limit on the time per output token, s.</param>
    /// <param name="progress">Share that is done; null for none.</param>
    /// <param name="cancellation">Stops the study.</param>
    /// <returns>The report.</returns>
    public static GenerationReport Run(
        DeploymentSearch search,
        IReadOnlyList<SystemOffer> offers,
        ModelArchitecture model,
        RequestLengths lengths,
        double firstTokenSeconds,
        double perTokenSeconds,
        IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(offers);
        SearchRequest request = new()
        {
            Model = model,
            Lengths = lengths,
            TimeToFirstTokenLimitSeconds = firstTokenSeconds,
            TimePerOutputTokenLimitSeconds = perTokenSeconds,
            Chips = ChipsCompared,
            Space = Space,
        };
        GenerationRow[] rows = new GenerationRow[offers.Count];
        Parallel.For(0, rows.Length, new ParallelOptions { CancellationToken = cancellation }, i => rows[i] = RowOf(search, offers[i], request, cancellation));
        progress?.Report(0.1);

        List<GenerationRow> line = [.. Line.Select(id => Array.Find(rows, row => row.Offer.System.Id == id)).OfType<GenerationRow>()];
        List<GenerationGain> gains = [];
        for (int i = 1; i < line.Count; i++)
        {
            if (GainOf(search, line[i - 1], line[i], request, cancellation) is { } gain)
            {
                gains.Add(gain);
            }

            progress?.Report(0.1 + 0.9 * i / (line.Count - 1));
        }

        return new GenerationReport(
            [.. rows.OrderBy(static row => row.Date ?? double.MaxValue).ThenBy(static row => row.Offer.System.Id, StringComparer.Ordinal)],
            gains,
            [
                .. GrowthOf("output for a chip", line, static row => row.Point?.OutputTokensPerChipSecond),
                .. GrowthOf("output for a watt", line, static row => row.OutputTokensPerWattSecond),
                .. GrowthOf("output for a dollar", line, static row => 1 / row.Point?.UsdPerMillionOutputTokens),
                .. GrowthOf("tokens for a joule", line, static row => 1 / row.Point?.JoulesPerOutputToken),
            ]);
    }

    /// <summary>Year of a date such as "2016-08", "2017-Q3", "2025-02-15" or "2026", with its fraction.</summary>
    /// <param name="date">The date.</param>
    /// <returns>The year; null where the text does not begin with one.</returns>
    public static double? YearOf(string date)
    {
        ArgumentNullException.ThrowIfNull(date);
        if (date.Length < 4 || !int.TryParse(date.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out int year))
        {
            return null;
        }

        string rest = date.Length > 5 ? date[5..] : "";
        return rest switch
        {
            ['Q' or 'q', >= '1' and <= '4' and var quarter, ..] => year + (quarter - '1' + 0.5) / 4,
            ['H' or 'h', var half, ..] => year + (half == '2' ? 0.75 : 0.25),
            [>= '0' and <= '1', >= '0' and <= '9', ..] => year + (int.Parse(rest.AsSpan(0, 2), CultureInfo.InvariantCulture) - 0.5) / 12,
            _ => year + 0.5,
        };
    }

    private static GenerationRow RowOf(DeploymentSearch search, SystemOffer offer, SearchRequest request, CancellationToken cancellation)
    {
        double? date = YearOf(offer.System.Available) ?? YearOf(offer.System.Announced);
        bool inLine = Line.Contains(offer.System.Id);
        if (ChipPeaks.TryRead(offer.System, out string missing) is not { } peaks)
        {
            return new GenerationRow(offer, date, inLine, null, null, missing);
        }

        SearchAnswer answer = search.Find([offer], request with { Precisions = Precisions(peaks) }, cancellation);
        string remark = answer.Best is { } best
            ? best.Layout.Chips > peaks.ScaleUpDomain ? FormattableString.Invariant($"over {(best.Layout.Chips + peaks.ScaleUpDomain - 1) / peaks.ScaleUpDomain} scale-up domains") : ""
            : answer.Nearest?.Message ?? "";
        return new GenerationRow(offer, date, inLine, answer.Best, answer.Nearest?.Point, remark);
    }

    private static Performance.PrecisionPlan[] Precisions(ChipPeaks peaks) =>
        [.. new[] { PrecisionOptions.NarrowestNative(peaks), PrecisionOptions.Of(Operators.OperandPrecision.Bf16, peaks) }.Distinct()];

    private static GenerationGain? GainOf(DeploymentSearch search, GenerationRow older, GenerationRow newer, SearchRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<GenerationElement> elements = SystemHybrids.Differing(older.Offer.System, newer.Offer.System);
        double[] logs = new double[1 << elements.Count];
        int[] beyond = new int[logs.Length];
        Parallel.For(0, logs.Length, new ParallelOptions { CancellationToken = cancellation }, subset =>
        {
            int mask = 0;
            for (int i = 0; i < elements.Count; i++)
            {
                mask |= (subset >> i & 1) << (int)elements[i];
            }

            SystemOffer mixed = SystemHybrids.Mix(older.Offer.System, newer.Offer.System, mask);
            ChipPeaks peaks = ChipPeaks.TryRead(mixed.System, out _) ?? default;
            SearchAnswer answer = search.Find([mixed], request with { Precisions = Precisions(peaks) }, cancellation);
            beyond[subset] = answer.Best is null ? 1 : 0;
            logs[subset] = Math.Log((answer.Best ?? answer.Nearest?.Point)?.OutputTokensPerChipSecond ?? 0);
        });
        if (Array.Exists(logs, static value => !double.IsFinite(value)))
        {
            return null;
        }

        double[] parts = ShapleyValues.Of(logs);
        Dictionary<GenerationElement, double> factors = Enum.GetValues<GenerationElement>().ToDictionary(static e => e, static _ => 1.0);
        for (int i = 0; i < elements.Count; i++)
        {
            factors[elements[i]] = Math.Exp(parts[i]);
        }

        (FactorBand gain, FactorBand[] ranges) = new GainDraws(
            logs, elements, search.ErrorOf(request.Model, older.Offer.System), search.ErrorOf(request.Model, newer.Offer.System), Seed).Bands();
        Dictionary<GenerationElement, FactorBand> bands = Enum.GetValues<GenerationElement>().ToDictionary(static e => e, static _ => new FactorBand(1, 1));
        for (int i = 0; i < elements.Count; i++)
        {
            bands[elements[i]] = ranges[i];
        }

        return new GenerationGain(
            older.Offer.System.Id, newer.Offer.System.Id, Math.Exp(logs[^1] - logs[0]), gain.Low, gain.High, factors, bands, beyond.Sum(), logs.Length);
    }

    // least squares of the logarithm over the date; the range is that of the slope
    private static IEnumerable<GenerationGrowth> GrowthOf(string what, IReadOnlyList<GenerationRow> line, Func<GenerationRow, double?> select)
    {
        List<(double X, double Y)> points = [];
        foreach (GenerationRow row in line)
        {
            if (row.Date is { } date && select(row) is { } value && value > 0 && double.IsFinite(value))
            {
                points.Add((date, Math.Log(value)));
            }
        }

        if (points.Count < 3)
        {
            yield break;
        }

        double meanX = points.Average(static p => p.X);
        double meanY = points.Average(static p => p.Y);
        double spread = points.Sum(p => (p.X - meanX) * (p.X - meanX));
        double slope = points.Sum(p => (p.X - meanX) * (p.Y - meanY)) / spread;
        double residual = points.Sum(p => Math.Pow(p.Y - meanY - slope * (p.X - meanX), 2));
        double error = NormalDistribution.Quantile90 * Math.Sqrt(residual / (points.Count - 2) / spread);
        yield return new GenerationGrowth(what, Math.Exp(slope) - 1, Math.Exp(slope - error) - 1, Math.Exp(slope + error) - 1, points.Count);
    }
}
