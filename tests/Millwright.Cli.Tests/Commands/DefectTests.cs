namespace Millwright.Cli.Tests.Commands;

/// <summary>A failure of ours says that it is one: exit code 1, one line, no stack unless it is asked for.</summary>
public sealed class DefectTests
{
    [Fact]
    public async Task A_failure_of_ours_is_one_clear_line()
    {
        using BrokenWriter output = new();
        using StringWriter errors = new();
        int code = await CommandLine.RunAsync(["catalog", "list"], output, errors);
        Assert.Equal(1, code);
        string message = errors.ToString().Trim();
        Assert.Single(message.Split('\n'));
        Assert.StartsWith("This is a defect of Millwright: the writer is broken", message, StringComparison.Ordinal);
        Assert.Contains("MILLWRIGHT_TRACE=1", message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", message, StringComparison.Ordinal);
    }

    // Fails as only a fault in our own code would.
    private sealed class BrokenWriter : StringWriter
    {
        public override void Write(char value) => throw new NotSupportedException("the writer is broken");

        public override void Write(string? value) => throw new NotSupportedException("the writer is broken");

        public override void Write(char[] buffer, int index, int count) => throw new NotSupportedException("the writer is broken");

        public override void WriteLine(string? value) => throw new NotSupportedException("the writer is broken");
    }
}
