using Millwright.Quantities;

namespace Millwright.Infrastructure;

/// <summary>How the cost of the scale-out network is found.</summary>
public enum NetworkMethod
{
    /// <summary>Counted part by part: a fat tree of switches, optics and cables.</summary>
    Parts,

    /// <summary>A stated share of the cost of all IT.</summary>
    Share,
}

/// <summary>The scale-out network and the storage behind it.</summary>
public sealed record NetworkInput
{
    /// <summary>How its cost is found.</summary>
    [Input("parts: counted switch by switch; share: a stated share of all IT. Neither is added where the price of the system already holds the network.", Default = "parts")]
    public NetworkMethod Method { get; init; } = NetworkMethod.Parts;

    /// <summary>Cost of the network over the cost of all IT, when the method is "share".</summary>
    [Input(QuantityKind.Fraction, "Network over all IT, where the method is share.", Min = 0, Max = 0.9, CatalogDefault = "rule-fabric-share")]
    public Amount? ShareOfIt { get; init; }

    /// <summary>Id of the switch.</summary>
    [Input("The switch of the fat tree.", Refers = "network", Default = "q3400")]
    public string Switch { get; init; } = "q3400";

    /// <summary>Id of the transceiver.</summary>
    [Input("The optical module at each end of a link between switches, and at the host.", Refers = "network", Default = "opt-800g-dr8")]
    public string Transceiver { get; init; } = "opt-800g-dr8";

    /// <summary>Id of the cable.</summary>
    [Input("The cable of a link.", Refers = "network", Default = "mpo-trunk")]
    public string Cable { get; init; } = "mpo-trunk";

    /// <summary>Endpoints' bandwidth over the bandwidth between pods.</summary>
    [Input(QuantityKind.Fraction, "Bandwidth into a pod's switches from below over that between pods, used above the largest non-blocking tree.", Min = 1, Max = 64, Default = "7")]
    public Amount PodOversubscription { get; init; } = new(7);

    /// <summary>Cost of storage over the cost of all IT.</summary>
    [Input(QuantityKind.Fraction, "Shared storage over all IT, where the price of the system does not hold it.", Min = 0, Max = 0.9, CatalogDefault = "rule-storage-share")]
    public Amount? StorageShareOfIt { get; init; }
}
