using Millwright.Quantities;

namespace Millwright.Applications;

/// <summary>One kind of work that the factory serves.</summary>
public sealed record WorkloadInput
{
    /// <summary>Name, unique in the scenario.</summary>
    [Input("Name of the workload, unique in the scenario.", Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Id of the model.</summary>
    [Input("The model that serves it.", Refers = "models", Required = true)]
    public string Model { get; init; } = "";

    /// <summary>Precision of weights and matrix products.</summary>
    [Input("Precision of weights and matrix products: bf16, fp8 or fp4.", Default = "fp8")]
    public ServingPrecision Precision { get; init; } = ServingPrecision.Fp8;

    /// <summary>Id of the length distribution.</summary>
    [Input("Request lengths from a real trace.", Refers = "lengths")]
    public string? Lengths { get; init; }

    /// <summary>Mean input tokens of a request; overrides the trace's.</summary>
    [Input(QuantityKind.Tokens, "Mean input tokens of a request. Left out: the trace's.", Min = 1, Max = 1e7)]
    public Amount? InputTokens { get; init; }

    /// <summary>Mean output tokens of a request; overrides the trace's.</summary>
    [Input(QuantityKind.Tokens, "Mean output tokens of a request. Left out: the trace's.", Min = 1, Max = 1e6)]
    public Amount? OutputTokens { get; init; }

    /// <summary>Share of input tokens found in the prefix cache.</summary>
    [Input(QuantityKind.Fraction, "Share of input tokens found in the prefix cache. Left out: the trace's, or none.", Min = 0, Max = 0.999)]
    public Amount? CachedShare { get; init; }

    /// <summary>Model calls of one finished task.</summary>
    [Input(QuantityKind.Count, "Model calls of one finished task: 1 for a chat turn, tens for an agent.", Min = 1, Max = 1e5, Default = "1")]
    public Amount StepsPerTask { get; init; } = new(1);

    /// <summary>Greatest mean time to first token, s.</summary>
    [Input(QuantityKind.Duration, "Greatest time to first token (TTFT).", Min = 1e-3, Max = TimeLength.HourSeconds, Default = "2 s")]
    public Amount TimeToFirstToken { get; init; } = new(2);

    /// <summary>Greatest mean time per output token, s.</summary>
    [Input(QuantityKind.Duration, "Greatest time per output token (TPOT).", Min = 1e-4, Max = 60, Default = "40 ms")]
    public Amount TimePerOutputToken { get; init; } = new(0.04);

    /// <summary>Demand in finished tasks per second at the start; null for as much as the factory can serve.</summary>
    [Input(QuantityKind.TaskRate, "Demand in finished tasks at the start of operation. Left out: a share of the chips, see chip_share.", Min = 0, Max = 1e12)]
    public Amount? Demand { get; init; }

    /// <summary>Growth of demand per year.</summary>
    [Input(QuantityKind.RatePerYear, "Growth of demand a year.", Min = -0.99, Max = 100, Default = "0 %/yr")]
    public Amount DemandGrowth { get; init; } = new(0);

    /// <summary>Share of the factory's chips that the demand would fill at the start, where no demand is stated.</summary>
    [Input(QuantityKind.Fraction, "Where no demand is stated: the share of the chips that the demand fills at full power.", Min = 0, Max = 1, Default = "20 %")]
    public Amount ChipShare { get; init; } = new(0.2);

    /// <summary>Share of the tokens that somebody pays for.</summary>
    [Input(QuantityKind.Fraction, "Share of the tokens that somebody pays for.", Min = 0, Max = 1, Default = "100 %")]
    public Amount PaidShare { get; init; } = new(1);

    /// <summary>Busiest rate over the mean rate, which capacity must meet.</summary>
    [Input(QuantityKind.Fraction, "Busiest rate over the mean rate. Left out: the trace's.", Min = 1, Max = 100)]
    public Amount? PeakToMean { get; init; }

    /// <summary>Price row of the tokens; null when prices are stated.</summary>
    [Input("Row of the token price list. Left out: the prices below.", Refers = "token-prices")]
    public string? PriceRow { get; init; }

    /// <summary>Price of uncached input, USD per million tokens.</summary>
    [Input(QuantityKind.MoneyPerMillionTokens, "Price of uncached input tokens.", Min = 0, Max = 1e5)]
    public Amount? InputPrice { get; init; }

    /// <summary>Price of cached input, USD per million tokens.</summary>
    [Input(QuantityKind.MoneyPerMillionTokens, "Price of cached input tokens.", Min = 0, Max = 1e5)]
    public Amount? CachedInputPrice { get; init; }

    /// <summary>Price of output, USD per million tokens.</summary>
    [Input(QuantityKind.MoneyPerMillionTokens, "Price of output tokens.", Min = 0, Max = 1e5)]
    public Amount? OutputPrice { get; init; }

    /// <summary>Change of the prices per year.</summary>
    [Input(QuantityKind.RatePerYear, "Change of the token prices a year.", Min = -0.99, Max = 10, Default = "-30 %/yr")]
    public Amount PriceChange { get; init; } = new(-0.3);
}

/// <summary>Precision of weights and matrix products.</summary>
public enum ServingPrecision
{
    /// <summary>16-bit brain floating point.</summary>
    Bf16,

    /// <summary>8-bit floating point.</summary>
    Fp8,

    /// <summary>4-bit floating point with block scales.</summary>
    Fp4,
}
