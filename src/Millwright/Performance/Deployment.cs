using Millwright.Catalog;
using Millwright.Models;

namespace Millwright.Performance;

/// <summary>One replica of one model on one system: what a step cost is compiled from.</summary>
/// <param name="Model">The model.</param>
/// <param name="System">The system whose chips it runs on.</param>
/// <param name="Layout">How the replica is cut.</param>
/// <param name="Precision">Precision of its operators and cache.</param>
/// <param name="Engine">Engine and settings.</param>
public sealed record Deployment(
    ModelArchitecture Model, SystemRecord System, ParallelLayout Layout, PrecisionPlan Precision, EngineSettings Engine);
