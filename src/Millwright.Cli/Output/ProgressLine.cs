namespace Millwright.Cli.Output;

/// <summary>A progress bar on one line of the terminal, shown only where work lasts and only on a terminal.</summary>
internal sealed class ProgressLine : IProgress<double>, IDisposable
{
    private const int Width = 30;
    private const int Steps = 100;

    // Shorter work is over before a bar could be read.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(0.7);

    private readonly TextWriter _output;
    private readonly string _what;
    private readonly bool _shown;
    private readonly long _start = System.Diagnostics.Stopwatch.GetTimestamp();
    private readonly Lock _lock = new();
    private int _last = -1;

    public ProgressLine(TextWriter output, string what)
    {
        _output = output;
        _what = what;
        _shown = output == Console.Error && !Console.IsErrorRedirected;
    }

    public void Report(double value)
    {
        int step = (int)(value * Steps);
        if (!_shown || step == _last || System.Diagnostics.Stopwatch.GetElapsedTime(_start) < Quiet)
        {
            return;
        }

        lock (_lock)
        {
            if (step > _last)
            {
                _last = step;
                int filled = step * Width / Steps;
                _output.Write($"\r{_what} [{new string('#', filled)}{new string('.', Width - filled)}] {step,3} %");
            }
        }
    }

    public void Dispose()
    {
        if (_last >= 0)
        {
            _output.Write("\r" + new string(' ', _what.Length + Width + 12) + "\r");
        }
    }
}
