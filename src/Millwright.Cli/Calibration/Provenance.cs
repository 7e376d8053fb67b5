namespace Millwright.Cli.Calibration;

/// <summary>Where fitted grids come from, as the files of the catalog say it.</summary>
internal static class Provenance
{
    /// <summary>Lines above the grids of a file.</summary>
    public static IReadOnlyList<string> Comments { get; } =
    [
        "Fitted to operator tables of ai-dynamo/aiconfigurator@095f58a5, Copyright (c) 2025-2026 NVIDIA CORPORATION & AFFILIATES, Apache-2.0.",
        "The data were changed: only the fitted grids are kept. Written by: millwright calibrate operators.",
        "Values are thousandths; what the axes are stands in docs/method-operators.md.",
    ];

    /// <summary>The source of one grid.</summary>
    public static string Of(TableName table) =>
        $"{Path.GetFileName(table.Path)} of ai-dynamo/aiconfigurator@095f58a5 (Apache-2.0)";
}
