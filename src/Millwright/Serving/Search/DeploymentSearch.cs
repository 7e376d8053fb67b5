using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>
/// Looks for the deployment of a model: every legal layout, precision, token budget and batch, with prefill and decode together or apart, on one system or
/// the best of several. The answer does not depend on the number of threads. Safe to use from many threads.
/// </summary>
/// <example><code>
/// var search = new DeploymentSearch(library, calibration);
/// SearchAnswer answer = search.Find([new SystemOffer(system)], new SearchRequest { Model = model, Lengths = lengths, TimeToFirstTokenLimitSeconds = 2,
///     TimePerOutputTokenLimitSeconds = 0.04, Chips = 8 });
/// </code></example>
/// <param name="library">Measured operator grids.</param>
/// <param name="calibration">Overheads and factors of the engines, and the bands of predictions.</param>
/// <param name="threads">Most threads; at least 1, or -1 for all processors.</param>
public sealed class DeploymentSearch(OperatorLibrary library, EngineCalibration calibration, int threads = -1)
{
    /// <summary>Runners-up that are told.</summary>
    public const int MostRunnersUp = 12;

    /// <summary>Finds the best deployment.</summary>
    /// <param name="offers">Systems to choose from; each is looked at alone, chips of several systems are not mixed.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellation">Stops the search between systems.</param>
    /// <returns>The answer; where nothing meets the limits, the nearest.</returns>
    /// <exception cref="ArgumentException">The request cannot be answered: <see cref="SearchRequest.Fault"/> says why.</exception>
    public SearchAnswer Find(IReadOnlyList<SystemOffer> offers, SearchRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(offers);
        ArgumentNullException.ThrowIfNull(request);
        if (request.Fault is { Length: > 0 } fault)
        {
            throw new ArgumentException(fault, nameof(request));
        }

        List<SystemSearch> searches = [];
        List<string> remarks = [];
        VariantCounts variants = new(offers.Count, 0, 0, 0);

        // caps after what they are caps of: by then the most is known that they would have to beat
        foreach (SystemOffer offer in offers.Where(static o => o.PowerCap >= 1).Concat(offers.Where(static o => o.PowerCap < 1)))
        {
            cancellation.ThrowIfCancellationRequested();
            variants += Search(offer, request, searches, remarks, cancellation);
        }

        return AnswerWriter.Write(searches, offers, request, [.. remarks.Distinct()]) with { Variants = variants };
    }

    /// <summary>The bands of predictions of a model on a system, and what they share with those of other systems.</summary>
    internal PredictionError ErrorOf(ModelArchitecture model, SystemRecord system)
    {
        string lender = NearestMeasuredSystem.Of(system).SystemId;
        SearchChip? chip = SearchChip.Create(system, EngineFamily.Vllm, library, calibration.FactorsOf(EngineFamily.Vllm, system.Id), out _);
        return new PredictionError(
            lender,
            system.Id,
            calibration.BandOf(model.Id, system.Id, chip?.BorrowedError ?? 0),
            calibration.BandOf(calibration.KindOf(model.Id, lender)),
            calibration.BandOf(PredictionKind.ChipNeverSeen));
    }

    // one offer under each engine; what is proved to be like another, or not to matter, is not searched
    private VariantCounts Search(SystemOffer offer, SearchRequest request, List<SystemSearch> searches, List<string> remarks, CancellationToken cancellation)
    {
        bool searched = false;
        bool taken = false;
        bool pruned = false;
        foreach (EngineFamily engine in request.Engines)
        {
            cancellation.ThrowIfCancellationRequested();
            EngineFactors factors = calibration.FactorsOf(engine, offer.System.Id);
            EngineFactors host = offer.HostSystemId is { } other ? calibration.FactorsOf(engine, other) : factors;
            factors = factors with
            {
                HostSeconds = host.HostSeconds * request.HostFactor,
                HostSecondsPerSequence = host.HostSecondsPerSequence * request.HostFactor,
            };
            if (SearchChip.Create(offer.System, engine, library, factors, out string reason, offer.PowerCap) is not { } chip)
            {
                remarks.Add(reason);
                break;
            }

            ErrorBand band = calibration.BandOf(request.Model.Id, offer.System.Id, chip.BorrowedError);
            SystemSearch search = new(chip, offer, request, band, threads);
            if (search.Fault.Length > 0)
            {
                remarks.Add(search.Fault);
                break;
            }

            if (request.Space.PrunesVariants)
            {
                if (VariantProof.OwnNetworkOf(offer, engine, searches) is { } same && VariantProof.IsSame(same, search))
                {
                    search.Take(same);
                    searches.Add(search);
                    taken = true;
                    continue;
                }

                if (VariantProof.BaseOf(offer, engine, searches) is { } faster && VariantProof.CannotMatter(faster, search, searches, request.PowerWatts is not null))
                {
                    pruned = true;
                    continue;
                }
            }

            search.Run();
            searches.Add(search);
            searched = true;
        }

        return searched ? new VariantCounts(0, 1, 0, 0) : taken ? new VariantCounts(0, 0, 1, 0) : pruned ? new VariantCounts(0, 0, 0, 1) : default;
    }

    /// <summary>Prepares the search of a plan for one model on one system.</summary>
    /// <param name="model">The model.</param>
    /// <param name="system">The system.</param>
    /// <param name="precision">Precision of the weights as the scenario states it; the cache takes 8 bits where they are narrower than 16 and the chip has fp8.</param>
    /// <param name="reason">Why it cannot be searched, in words; empty on success.</param>
    /// <returns>The search, or null when the data sheet lacks what a time needs.</returns>
    public WorkloadSearch? Prepare(ModelArchitecture model, SystemRecord system, OperandPrecision precision, out string reason)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(system);
        const EngineFamily Engine = EngineFamily.Vllm;
        if (SearchChip.Create(system, Engine, library, calibration.FactorsOf(Engine, system.Id), out reason) is not { } chip)
        {
            return null;
        }

        (OperandPrecision dense, OperandPrecision experts) = model.PrecisionsAt(precision);
        OperandPrecision cache = precision != OperandPrecision.Bf16 && chip.Peaks.Fp8FlopsPerSecond > 0 ? OperandPrecision.Fp8 : OperandPrecision.Bf16;
        CompiledDeployments compiled = CompiledDeployments.Make(
            model, chip, [new PrecisionPlan(dense, experts, cache)], SearchSpace.Plan.MostReplicaChips, SearchSpace.Plan, 0, threads);
        return new WorkloadSearch(compiled, calibration.BandOf(model.Id, system.Id, chip.BorrowedError), precision);
    }
}
