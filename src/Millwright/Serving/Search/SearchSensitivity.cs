namespace Millwright.Serving.Search;

/// <summary>What the answer becomes when one thing changes.</summary>
/// <param name="What">What changes.</param>
/// <param name="Change">By how much, relative.</param>
/// <param name="Best">The best deployment then; null when nothing meets the limits.</param>
/// <param name="OutputRatio">Its output for a chip over that of the answer.</param>
/// <param name="Flips">What of the choice changes, in words; empty when the choice stands.</param>
public sealed record SensitivityRow(string What, double Change, SearchPoint? Best, double OutputRatio, string Flips);

/// <summary>Solves a search again with one thing changed at a time.</summary>
public static class SearchSensitivity
{
    /// <summary>The usual change, relative.</summary>
    public const double UsualChange = 0.2;

    private static readonly (SystemElement Element, string Name)[] s_elements =
    [
        (SystemElement.MemoryBandwidth, "memory bandwidth"),
        (SystemElement.Peak, "peak compute"),
        (SystemElement.Memory, "memory size"),
        (SystemElement.ScaleUpBandwidth, "scale-up bandwidth"),
        (SystemElement.Nic, "network bandwidth"),
    ];

    /// <summary>Solves again with each element of the systems, each limit and the price of the chosen system moved down and up.</summary>
    /// <param name="search">The search.</param>
    /// <param name="offers">The systems.</param>
    /// <param name="request">The request.</param>
    /// <param name="answer">Its answer. Only the precisions of its best deployments are looked at again.</param>
    /// <param name="change">The change, relative, above 0 and below 1.</param>
    /// <param name="cancellation">Stops between two solutions.</param>
    /// <returns>One row for each change; none when nothing meets the limits.</returns>
    public static IReadOnlyList<SensitivityRow> Run(
        DeploymentSearch search,
        IReadOnlyList<SystemOffer> offers,
        SearchRequest request,
        SearchAnswer answer,
        double change = UsualChange,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentNullException.ThrowIfNull(offers);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.Best is not { } best)
        {
            return [];
        }

        HashSet<Performance.PrecisionPlan> precisions = [best.Precision, .. answer.RunnersUp.Select(static r => r.Point.Precision)];
        SearchRequest narrow = request with { Precisions = [.. precisions] };
        SystemOffer[] few = offers.Count <= 3
            ? [.. offers]
            : [.. offers.Where(o => o.System.Id == best.System.Id || answer.ByOption.Any(row => row.Dimension == "system" && row.Option == o.System.Id && IsNear(row.Point, best)))];
        List<SensitivityRow> rows = [];
        foreach (int sign in (ReadOnlySpan<int>)[-1, 1])
        {
            double factor = 1 + sign * change;
            foreach ((SystemElement element, string name) in s_elements)
            {
                cancellation.ThrowIfCancellationRequested();
                SystemOffer[] moved =
                [
                    .. few.Select(offer => SystemElements.ValueOf(offer.System, element) is { } value
                        ? offer with { System = SystemElements.Replace(offer.System, element, value * factor) }
                        : offer),
                ];
                Add(name, moved, narrow);
            }

            Add("time to first token", few, narrow with { TimeToFirstTokenLimitSeconds = narrow.TimeToFirstTokenLimitSeconds * factor });
            Add("time per output token", few, narrow with { TimePerOutputTokenLimitSeconds = narrow.TimePerOutputTokenLimitSeconds * factor });

            void Add(string what, IReadOnlyList<SystemOffer> systems, SearchRequest asked)
            {
                SearchAnswer then = search.Find(systems, asked, cancellation);
                rows.Add(new SensitivityRow(
                    what, sign * change, then.Best, (then.Best?.OutputTokensPerChipSecond ?? 0) / best.OutputTokensPerChipSecond, FlipOf(best, then.Best)));
            }
        }

        rows.AddRange(PriceRows(answer, change));
        return rows;
    }

    // another system becomes the cheapest when the price of the cheapest rises past the distance between them
    private static IEnumerable<SensitivityRow> PriceRows(SearchAnswer answer, double change)
    {
        if (answer.Cheapest is not { UsdPerMillionOutputTokens: { } usd } cheapest)
        {
            yield break;
        }

        SearchPoint? next = answer.ByOption
            .Where(row => row.Dimension == "system" && row.Point?.UsdPerMillionOutputTokens is not null && row.Option != cheapest.System.Id)
            .Select(static row => row.Point!)
            .MinBy(static point => point.UsdPerMillionOutputTokens);
        if (next?.UsdPerMillionOutputTokens is { } other)
        {
            bool flips = other < usd * (1 + change);
            yield return new SensitivityRow(
                $"chip-hour of {cheapest.System.Id}", change, flips ? next : cheapest, 1, flips ? $"{next.System.Id} becomes the cheapest" : "");
        }
    }

    private static bool IsNear(SearchPoint? point, SearchPoint best) =>
        point is not null && point.OutputTokensPerChipSecond > best.OutputTokensPerChipSecond * 0.6;

    private static string FlipOf(SearchPoint best, SearchPoint? then)
    {
        if (then is null)
        {
            return "nothing meets the limits";
        }

        List<string> flips = [];
        if (then.System.Id != best.System.Id)
        {
            flips.Add(then.System.Id);
        }

        if (then.Engine.Family != best.Engine.Family)
        {
            flips.Add(then.Engine.Family.ToString());
        }

        if (then.Pools is null != best.Pools is null)
        {
            flips.Add(then.Pools is null ? "pools together" : then.Pools.DecodeSplit is null ? "pools apart" : "pools split");
        }

        if (then.Layout != best.Layout || then.Pools?.PrefillLayout != best.Pools?.PrefillLayout || then.Pools?.DecodeSplit != best.Pools?.DecodeSplit)
        {
            flips.Add(then.Pools is { } pools ? $"{pools.PrefillLayout} prefill, {pools.DecodeName} decode" : then.Layout.ToString());
        }

        if (then.Precision != best.Precision)
        {
            flips.Add(PrecisionOptions.NameOf(then.Precision));
        }

        return string.Join("; ", flips);
    }
}
