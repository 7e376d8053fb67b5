using Millwright.Reports.Launch;

namespace Millwright.Reports.Tests.Launch;

public sealed class LaunchGoldenTests
{
    public static TheoryData<string, LaunchTarget> Cases()
    {
        TheoryData<string, LaunchTarget> cases = [];
        foreach (string name in new[] { "dense-tp4", "experts-dep8", "prefill-and-decode-apart" })
        {
            foreach (LaunchTarget target in Enum.GetValues<LaunchTarget>())
            {
                cases.Add(name, target);
            }
        }

        foreach (LaunchTarget target in new[] { LaunchTarget.Vllm, LaunchTarget.Sglang })
        {
            cases.Add("prompts-cut-over-chips", target);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Launch_files_are_as_agreed(string name, LaunchTarget target)
    {
        IReadOnlyList<LaunchFile> files = SampleDeployments.Write(name, target);

        Assert.NotEmpty(files);
        Assert.Equal(files.Count, files.Select(static file => file.Name).Distinct().Count());
        Golden.Match(
            $"launch/{name}-{target.ToString().ToLowerInvariant()}.txt",
            string.Join("\n", files.Select(static file => $"==> {file.Name} <==\n{file.Text}")));
    }
}
