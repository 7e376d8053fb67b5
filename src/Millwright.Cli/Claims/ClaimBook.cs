using System.Globalization;
using Millwright.Catalog;
using Millwright.Planning;
using Millwright.Reports;
using Millwright.Scenarios;
using Millwright.Studies;

namespace Millwright.Cli.Claims;

/// <summary>Answers claims: runs the plans that they name, each once, and holds the claims against the figures.</summary>
/// <param name="catalog">The catalog.</param>
/// <param name="cancellation">Stops the work.</param>
internal sealed class ClaimBook(CatalogData catalog, CancellationToken cancellation = default)
{
    private readonly Dictionary<string, Plan> _plans = new(StringComparer.Ordinal);

    /// <summary>Number of plans run so far.</summary>
    public int PlansRun => _plans.Count;

    /// <summary>Answers one claim.</summary>
    /// <param name="claim">The claim.</param>
    /// <returns>Its figures, tests and verdict.</returns>
    public ClaimAnswer Answer(ClaimRecord claim)
    {
        Dictionary<string, MeasuredFigure> figures = new(StringComparer.Ordinal);
        foreach (ClaimMeasure measure in claim.Measures)
        {
            figures.Add(measure.Name, Measure(claim, measure, figures));
        }

        TestedStatement[] tests = [.. claim.Tests.Select(test => new TestedStatement(test, figures[test.Measure], Test(test, figures[test.Measure])))];
        string text = claim.Answer;
        foreach ((string name, MeasuredFigure figure) in figures)
        {
            text = text.Replace("{" + name + "}", figure.Shown, StringComparison.Ordinal);
        }

        return new ClaimAnswer(
            claim, claim.StatedVerdict ?? Judge(tests), text, [.. claim.Measures.Select(m => figures[m.Name])], tests, [.. claim.Outside.Select(Outside)], Commands(claim));
    }

    /// <summary>The command that plans a measure, without the name of the program.</summary>
    /// <param name="measure">A measure made of a plan.</param>
    /// <returns>Such as "plan scenarios/gigawatt.yaml --set chips.system=gb200-nvl72".</returns>
    public static string CommandOf(ClaimMeasure measure) =>
        string.Concat(measure.Changes.Select(static c => " --set " + Quote(c)).Prepend("plan " + measure.Scenario));

    // All tests met: it holds. None met, not even within a range: it does not. Anything between holds in part.
    private static ClaimVerdict Judge(TestedStatement[] tests)
    {
        if (Array.TrueForAll(tests, static t => t.Outcome == TestOutcome.Met))
        {
            return ClaimVerdict.Holds;
        }

        return Array.TrueForAll(tests, static t => t.Outcome == TestOutcome.Missed) ? ClaimVerdict.DoesNotHold : ClaimVerdict.HoldsInPart;
    }

    private static TestOutcome Test(ClaimTest test, MeasuredFigure figure)
    {
        if (figure.Value >= (test.AtLeast ?? double.NegativeInfinity) && figure.Value <= (test.AtMost ?? double.PositiveInfinity))
        {
            return TestOutcome.Met;
        }

        bool reaches = figure is { Low: double low, High: double high } && !(high < test.AtLeast) && !(low > test.AtMost);
        return reaches && double.IsFinite(figure.Value) ? TestOutcome.WithinRange : TestOutcome.Missed;
    }

    private static string Quote(string change)
    {
        int equals = change.IndexOf('=', StringComparison.Ordinal);
        return change.Contains(' ', StringComparison.Ordinal) ? $"{change[..(equals + 1)]}\"{change[(equals + 1)..]}\"" : change;
    }

    private static string[] Commands(ClaimRecord claim)
    {
        IEnumerable<string> plans = claim.Measures.Where(static m => m.Scenario.Length > 0).Select(CommandOf);
        IEnumerable<string> rows = claim.Measures.SelectMany(static m => m.System.Length > 0 ? [m.System] : m.Rows)
            .Concat(claim.Outside)
            .Take(1)
            .Select(static id => "catalog show " + Word(id));
        string[] stated = [.. plans, .. claim.Commands];
        return [.. (stated.Length > 0 ? stated : rows).Distinct(StringComparer.Ordinal)];
    }

    private static string Word(string id) => id.Contains(' ', StringComparison.Ordinal) ? $"\"{id}\"" : id;

    private MeasuredFigure Measure(ClaimRecord claim, ClaimMeasure measure, Dictionary<string, MeasuredFigure> before)
    {
        MeasuredFigure origin = measure switch
        {
            { Scenario.Length: > 0 } => FromPlan(claim, measure),
            { Rows.Count: > 0 } => FromRows(measure),
            { System.Length: > 0 } => FromSystem(measure),
            _ => before[measure.Of] with { Measure = measure, Origin = before[measure.Of].Measure.Label },
        };
        MeasuredFigure result = origin with { Value = origin.Value * measure.Factor, Low = origin.Low * measure.Factor, High = origin.High * measure.Factor };
        if (measure.Factor < 0)
        {
            result = result with { Low = result.High, High = result.Low };
        }

        if (measure.Per.Length > 0)
        {
            // The two may move together, so that a range of the ratio cannot be told from theirs.
            MeasuredFigure per = before[measure.Per];
            double ratio = result.Value / per.Value;
            result = result with
            {
                Value = measure.Years is double years ? Math.Pow(ratio, 1 / years) : ratio,
                Low = null,
                High = null,
                Unit = measure.Years is null ? "x" : "x/yr",
                Origin = measure.Years is double span
                    ? string.Create(CultureInfo.InvariantCulture, $"{origin.Origin} over {per.Measure.Label}, to the power of 1/{span:0.##}")
                    : $"{origin.Origin} over {per.Measure.Label}",
            };
        }

        return measure.Unit.Length > 0 ? result with { Unit = measure.Unit } : result;
    }

    private MeasuredFigure FromPlan(ClaimRecord claim, ClaimMeasure measure)
    {
        string command = CommandOf(measure);
        PlanFigure figure = PlanOf(command, measure).Find(measure.Figure)
            ?? throw new InvalidOperationException($"Claim {claim.Id} names the figure {measure.Figure}, which \"{command}\" does not make.");
        return new MeasuredFigure(
            measure, figure.Value ?? double.NaN, figure.Low, figure.High, Humanize.UnitOf(figure.Name, figure.Unit), $"{figure.Name} of millwright {command}", figure.Reason);
    }

    private Plan PlanOf(string command, ClaimMeasure measure)
    {
        if (!_plans.TryGetValue(command, out Plan? plan))
        {
            ScenarioInput scenario = ScenarioReader.Read(measure.Scenario, catalog, measure.Changes, ShippedScenarios.Find);
            plan = PlanStudy.Make(new Planner(scenario, catalog, Session.Search), CommandLine.Tool, cancellation: cancellation);
            _plans.Add(command, plan);
        }

        return plan;
    }

    private MeasuredFigure FromRows(ClaimMeasure measure)
    {
        CatalogFigure[] rows = [.. measure.Rows.Select(id => catalog.FindFigure(id) ?? throw new InvalidOperationException($"No catalog figure {id}."))];
        double value = rows.Sum(row => (measure.Part switch { ClaimPart.Low => row.Low, ClaimPart.High => row.High, _ => row.Mid }) ?? double.NaN);
        bool ranged = rows.Length == 1 && measure.Part == ClaimPart.Mid;
        return new MeasuredFigure(
            measure, value, ranged ? rows[0].Low : null, ranged ? rows[0].High : null, rows[0].Unit, string.Join(" + ", measure.Rows), "the row has no such value");
    }

    private MeasuredFigure FromSystem(ClaimMeasure measure)
    {
        SystemRecord system = catalog.FindSystem(measure.System) ?? throw new InvalidOperationException($"No system {measure.System}.");
        (double? value, string unit) = measure.Figure switch
        {
            "bf16_flops" => (system.Bf16FlopsPerSecond * system.ChipsPerSystem, "FLOP/s"),
            "fp8_flops" => (system.Fp8FlopsPerSecond * system.ChipsPerSystem, "FLOP/s"),
            "fp4_flops" => (system.Fp4FlopsPerSecond * system.ChipsPerSystem, "FLOP/s"),
            "memory_bandwidth" => (system.MemoryBytesPerSecond * system.ChipsPerSystem, "B/s"),
            _ => (system.SystemPrice.Mid, "USD"),
        };
        return new MeasuredFigure(measure, value ?? double.NaN, null, null, unit, $"{measure.Figure} of {measure.System}", "not published");
    }

    private OutsideFigure Outside(string id)
    {
        if (catalog.FindFigure(id) is { } row)
        {
            string value = (row.Low, row.Mid, row.High) switch
            {
                (_, double mid, _) => CatalogText.Value(mid, row.Unit),
                (double low, null, double high) => CatalogText.Range(low, high, row.Unit),
                (double low, null, null) => "at least " + CatalogText.Value(low, row.Unit),
                (null, null, double high) => "up to " + CatalogText.Value(high, row.Unit),
                _ => "",
            };
            string scope = row.Scope.Split(';')[0].Trim();
            return new OutsideFigure(
                id, (scope.Length > 0 ? scope + ": " : "") + row.Metric.Replace('_', ' '), value, row.Mid ?? row.Low ?? row.High, row.Date, row.Source, row.Evidence);
        }

        if (catalog.FindSystem(id) is { } system)
        {
            return new OutsideFigure(id, system.Name, "", null, system.SourceDate, system.Source, system.Evidence);
        }

        if (catalog.FindNetworkPart(id) is { } part)
        {
            return new OutsideFigure(id, part.Name, "", null, part.SourceDate, part.Source, part.Evidence);
        }

        if (catalog.FindPrice(id) is { } price)
        {
            string shown = price.Price.Mid is double mid ? CatalogText.Value(mid, "USD") : "";
            return new OutsideFigure(id, "price of " + price.SystemId, shown, price.Price.Mid, price.Date, price.Source, price.Evidence);
        }

        TokenPrice token = catalog.TokenPrices.FirstOrDefault(p => p.Id == id) ?? throw new InvalidOperationException($"No catalog row {id}.");
        return new OutsideFigure(
            id,
            $"{token.Model} sold by {token.Provider}, output",
            token.OutputUsdPerMillion is double output ? CatalogText.Value(output, "USD/Mtok") : "",
            token.OutputUsdPerMillion,
            token.Date,
            token.Source,
            token.Evidence);
    }
}
