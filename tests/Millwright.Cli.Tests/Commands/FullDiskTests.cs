namespace Millwright.Cli.Tests.Commands;

/// <summary>Streams that take no more: a full disk behind them, or nobody who reads.</summary>
public sealed class FullDiskTests
{
    [Theory]
    [InlineData("catalog", "list")]
    [InlineData("schema")]
    public async Task Results_that_cannot_be_written_are_told_in_one_line(params string[] arguments)
    {
        using FullWriter output = new();
        using StringWriter errors = new();
        Assert.Equal(Run.WrongInput, await CommandLine.RunAsync(arguments, output, errors));
        Assert.Equal("The output cannot be written: the disk is full", errors.ToString().Trim());
    }

    [Fact]
    public async Task Messages_that_cannot_be_written_leave_the_exit_code()
    {
        using StringWriter output = new();
        using FullWriter errors = new();
        Assert.Equal(Run.WrongInput, await CommandLine.RunAsync(["plan", "no-such-file.yaml"], output, errors));
        Assert.Equal(Run.WrongInput, await CommandLine.RunAsync(["paln"], output, errors));
    }

    private sealed class FullWriter : StringWriter
    {
        public override void Write(char value) => throw new IOException("the disk is full");

        public override void Write(string? value) => throw new IOException("the disk is full");

        public override void Write(char[] buffer, int index, int count) => throw new IOException("the disk is full");

        public override void WriteLine(string? value) => throw new IOException("the disk is full");

        public override Task WriteLineAsync(string? value) => throw new IOException("the disk is full");
    }
}
