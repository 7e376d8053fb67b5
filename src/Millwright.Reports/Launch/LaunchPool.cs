using System.Globalization;
using Millwright.Models;
using Millwright.Operators;
using Millwright.Performance;

namespace Millwright.Reports.Launch;

/// <summary>Replicas of one layout that do the same part of the work.</summary>
/// <param name="Deployment">The deployment, with this pool's layout.</param>
/// <param name="Role">"prefill" or "decode"; empty where both run together.</param>
/// <param name="Replicas">Replicas of the pool.</param>
/// <param name="ModelName">Name or path of the weights.</param>
/// <param name="MaxContextTokens">Longest prompt with its answer, tokens.</param>
/// <param name="DraftTokens">Tokens drafted for each step; 0 for none.</param>
/// <param name="ChipsPerHost">Chips that one operating system sees.</param>
internal sealed record LaunchPool(
    Deployment Deployment, string Role, int Replicas, string ModelName, int MaxContextTokens, int DraftTokens, int ChipsPerHost)
{
    public ModelArchitecture Model => Deployment.Model;

    public ParallelLayout Layout => Deployment.Layout;

    public EngineSettings Engine => Deployment.Engine;

    public PrecisionPlan Precision => Deployment.Precision;

    public bool CacheInFp8 => Precision.Cache != OperandPrecision.Bf16;

    /// <summary>Hosts of one replica.</summary>
    public int Hosts => (Layout.Chips + ChipsPerHost - 1) / ChipsPerHost;

    /// <summary>Weights on one chip, bytes.</summary>
    public double WeightBytesPerChip
    {
        get
        {
            double experts = Model.ExpertWeightBytes(Precision.Dense, Precision.Experts);
            double rest = Model.WeightBytes(Precision.Dense, Precision.Experts) - experts;
            return rest / (Layout.TensorWays * Layout.PipelineStages) + experts / (Layout.StageChips * Layout.PipelineStages);
        }
    }

    /// <summary>True when the engine itself can make the precision out of the released weights.</summary>
    public bool QuantisedOnLoad =>
        !IsReleased && Model.ReleasedDensePrecision == OperandPrecision.Bf16 && Model.ReleasedExpertPrecision == OperandPrecision.Bf16
        && Precision.Dense == OperandPrecision.Fp8 && (!Model.HasExperts || Precision.Experts == OperandPrecision.Fp8);

    private bool IsReleased =>
        Same(Precision.Dense, Model.ReleasedDensePrecision) && (!Model.HasExperts || Same(Precision.Experts, Model.ReleasedExpertPrecision));

    /// <summary>Name of a file of this pool.</summary>
    public string FileName(string engine, string part, string ending) =>
        string.Join('-', new[] { engine, Role, part }.Where(static word => word.Length > 0)) + ending;

    /// <summary>Lines that stand above the command.</summary>
    public IEnumerable<string> Comments(string engine, string version, bool quantisesOnLoad)
    {
        string part = Role.Length > 0 ? $"{Role}, " : "";
        yield return $"{engine}: {part}{Layout} of {Deployment.System.Name}; options as of version {version}.";
        yield return Replicas == 1
            ? string.Create(CultureInfo.InvariantCulture, $"One replica of {Layout.Chips} chips.")
            : string.Create(CultureInfo.InvariantCulture, $"Run it for each of {Replicas} replicas of {Layout.Chips} chips.");
        if (!IsReleased && !(quantisesOnLoad && QuantisedOnLoad))
        {
            string experts = Model.HasExperts ? $", routed experts in {Precision.Experts}" : "";
            yield return $"Needs weights with matrices in {Precision.Dense}{experts}: name the release that holds them.";
        }
    }

    private static bool Same(OperandPrecision planned, OperandPrecision released) =>
        planned == released || (IsFp8(planned) && IsFp8(released));

    private static bool IsFp8(OperandPrecision precision) => precision is OperandPrecision.Fp8 or OperandPrecision.Fp8Block;
}
