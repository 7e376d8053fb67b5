namespace Millwright.Reports.Launch;

/// <summary>One file that launches a part of a deployment.</summary>
/// <param name="Name">Name without a folder, such as "vllm.sh".</param>
/// <param name="Text">Text, with line feeds.</param>
public sealed record LaunchFile(string Name, string Text);
