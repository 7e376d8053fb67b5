using Millwright.Catalog;
using Millwright.Chips;
using Millwright.Models;

namespace Millwright.Performance;

/// <summary>One replica of one model on one system: what a step cost is compiled from.</summary>
/// <param name="Model">The model.</param>
/// <param name="System">The system whose chips it runs on.</param>
/// <param name="Layout">How the replica is cut.</param>
/// <param name="Precision">Precision of its operators and cache.</param>
/// <param name="Engine">Engine and settings.</param>
public sealed record Deployment(
    ModelArchitecture Model, SystemRecord System, ParallelLayout Layout, PrecisionPlan Precision, EngineSettings Engine)
{
    /// <summary>
    /// Exponent of the power law of the loads of experts, 0 (experts of equal popularity) to 2; default 1.01, as <see cref="ExpertLoad.Busiest"/> defines it.
    /// </summary>
    public double RoutingSkew { get; init; } = ExpertLoad.UsualSkew;

    /// <summary>Which part of each layer the chips hold; all of it unless attention and feed-forward run apart.</summary>
    public LayerPart Part { get; init; }

    /// <summary>
    /// True when the chips hold a matrix of a feed-forward: where the parts run apart, what tensor parallelism does not cut (router, gates, projections to
    /// and from a latent) stays with the residual stream, so that a token knows its experts before it is sent.
    /// </summary>
    internal bool HoldsOfFeedForward(in Projection projection) =>
        Part == LayerPart.Whole || Part == LayerPart.Attention == (projection.Cut == ProjectionCut.Whole);
}

/// <summary>A part of each layer of a model.</summary>
public enum LayerPart
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>Token mixers with their caches, the residual stream with its norms, routers, embedding and head.</summary>
    Attention,

    /// <summary>Dense feed-forwards, shared and routed experts.</summary>
    FeedForward,
}
