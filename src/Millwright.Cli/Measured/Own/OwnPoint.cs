namespace Millwright.Cli.Measured.Own;

/// <summary>One load that a user's benchmark ran: what was asked of the service, and what came back.</summary>
internal sealed record OwnPoint
{
    /// <summary>File it was read from.</summary>
    public required string File { get; init; }

    /// <summary>Place in the file, from 1: files of several runs have several.</summary>
    public required int Place { get; init; }

    /// <summary>The tool that wrote the file.</summary>
    public required string Tool { get; init; }

    /// <summary>Model as the file names it; empty where it does not.</summary>
    public string Model { get; init; } = "";

    /// <summary>Mean input tokens of a request.</summary>
    public required double InputTokens { get; init; }

    /// <summary>Mean output tokens of a request.</summary>
    public required double OutputTokens { get; init; }

    /// <summary>Requests that came back.</summary>
    public double? Requests { get; init; }

    /// <summary>Most requests in flight; null where the load is a rate or all at once.</summary>
    public double? Concurrency { get; init; }

    /// <summary>Requests a second that were sent; null where they were not paced.</summary>
    public double? RequestRatePerSecond { get; init; }

    /// <summary>Mean TPOT, ms; null where the tool did not stream.</summary>
    public double? TimePerOutputTokenMs { get; init; }

    /// <summary>Median TTFT, or its mean, ms.</summary>
    public double? TimeToFirstTokenMs { get; init; }

    /// <summary>Output tokens a second, whole service.</summary>
    public double? OutputTokensPerSecond { get; init; }

    /// <summary>Name for tables.</summary>
    public string Label => Place > 1 ? $"{Path.GetFileName(File)} ({Place})" : Path.GetFileName(File);
}
