using System.Globalization;
using Millwright.Quantities;
using Millwright.Serving.Search;

namespace Millwright.Cli.Commands;

/// <summary>The answer with one element of the systems replaced.</summary>
/// <param name="Text">The element with its value, as the user wrote it.</param>
/// <param name="Answer">The answer then.</param>
internal sealed record WithoutElement(string Text, SearchAnswer Answer)
{
    private static readonly string[] s_names = ["scale-up", "scale-up-bandwidth", "memory", "memory-bandwidth", "peak", "precision", "nic", "host"];

    public static WithoutElement Solve(string text, DeploymentSearch search, IReadOnlyList<SystemOffer> offers, SearchRequest request, CancellationToken cancellation)
    {
        int at = text.IndexOf('=', StringComparison.Ordinal);
        string name = at < 0 ? text : text[..at].Trim();
        string value = at < 0 ? "" : text[(at + 1)..].Trim();
        if (!s_names.Contains(name))
        {
            string near = Spelling.Nearest(name, s_names) is { } found ? $" Did you mean {found}?" : "";
            throw ServingOptions.Wrong("--without", $"there is no element \"{name}\".{near} There are {string.Join(", ", s_names)}");
        }

        if (value.Length == 0)
        {
            throw ServingOptions.Wrong("--without", $"{name} needs the value that takes its place, such as {Sample(name)}");
        }

        (IReadOnlyList<SystemOffer> systems, SearchRequest asked) = name switch
        {
            "precision" => (Each(offers, o => SystemElements.WithoutNarrower(o, ServingOptions.Precision("--without precision", value))), request),
            "host" => (offers, request with { HostFactor = Number(name, value.TrimEnd('x')) }),
            "scale-up" => (Numbers(offers, SystemElement.ScaleUp, Number(name, value)), request),
            "scale-up-bandwidth" => (Numbers(offers, SystemElement.ScaleUpBandwidth, Read(name, value, QuantityKind.Bandwidth)), request),
            "memory" => (Numbers(offers, SystemElement.Memory, Read(name, value, QuantityKind.DataSize)), request),
            "memory-bandwidth" => (Numbers(offers, SystemElement.MemoryBandwidth, Read(name, value, QuantityKind.Bandwidth)), request),
            "nic" => (Numbers([.. offers.Where(static o => o.HasOwnNetwork)], SystemElement.Nic, Read(name, value, QuantityKind.Bandwidth)), request),
            _ => (Numbers(offers, SystemElement.Peak, Read(name, value, QuantityKind.ComputeRate)), request),
        };
        return new WithoutElement(text, search.Find(systems, asked, cancellation));
    }

    private static SystemOffer[] Each(IReadOnlyList<SystemOffer> offers, Func<Catalog.SystemRecord, Catalog.SystemRecord> change) =>
        [.. offers.Select(offer => offer with { System = change(offer.System) })];

    private static SystemOffer[] Numbers(IReadOnlyList<SystemOffer> offers, SystemElement element, double value) =>
        Each(offers, system => SystemElements.Replace(system, element, value));

    private static double Read(string name, string value, QuantityKind kind) => ServingOptions.Quantity($"--without {name}", value, kind);

    private static double Number(string name, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            ? ServingOptions.Positive($"--without {name}", number)
            : throw ServingOptions.Wrong($"--without {name}", $"\"{value}\" was found; a number is wanted, such as {Sample(name)}");

    private static string Sample(string name) => name switch
    {
        "scale-up" => "scale-up=8",
        "scale-up-bandwidth" => "scale-up-bandwidth=450GB/s",
        "memory" => "memory=80GB",
        "memory-bandwidth" => "memory-bandwidth=3.35TB/s",
        "peak" => "peak=989TFLOP/s",
        "precision" => "precision=bf16",
        "nic" => "nic=200Gb/s",
        _ => "host=2",
    };
}
