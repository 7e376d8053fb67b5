using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Millwright.Applications;

/// <summary>One window of a client: its rate and how its requests follow each other.</summary>
/// <param name="StartSeconds">Start, s.</param>
/// <param name="RatePerSecond">Requests/s, at least 0.</param>
/// <param name="Process">The process; null where no request comes.</param>
internal readonly record struct ServeGenWindow(double StartSeconds, double RatePerSecond, ArrivalProcess? Process);

/// <summary>Lengths of a client from a time on.</summary>
/// <param name="StartSeconds">Start, s.</param>
/// <param name="Inputs">Parts that the input is the sum of, such as text and images.</param>
/// <param name="Output">Output.</param>
internal sealed record ServeGenLengthWindow(double StartSeconds, DiscreteTable[] Inputs, DiscreteTable Output)
{
    /// <summary>Draws input and output, each on its own.</summary>
    /// <param name="random">Random numbers.</param>
    /// <param name="variable">Key.</param>
    /// <param name="firstDraw">First of eight draws.</param>
    public (int Input, int Output) Draw(Numerics.RandomStream random, ulong variable, long firstDraw)
    {
        var output = Output.At(random.Uniform(variable, firstDraw));
        long input = 0;
        for (var part = 0; part < Inputs.Length; part++)
        {
            input += Inputs[part].At(random.Uniform(variable, firstDraw + 1 + part));
        }

        return ((int)Math.Clamp(input, 1, int.MaxValue), Math.Max(1, output));
    }
}

/// <summary>One client of a ServeGen folder.</summary>
/// <param name="number">Its number.</param>
/// <param name="windows">Windows in order of time.</param>
internal sealed class ServeGenClient(int number, ServeGenWindow[] windows)
{
    // fields of a data set that are counted in tokens and stand before the output
    private static readonly string[] InputFields = ["input_tokens", "text_tokens", "image_tokens", "audio_tokens", "video_tokens"];

    private ServeGenLengthWindow[] _lengths = [];

    /// <summary>Number in the folder.</summary>
    public int Number => number;

    /// <summary>Windows of rate.</summary>
    public ServeGenWindow[] Windows => windows;

    /// <summary>True where some window has lengths.</summary>
    public bool HasLengths => _lengths.Length > 0;

    /// <summary>End of the last window, as long as the one before it, s.</summary>
    public double EndSeconds => EndOf(windows.Length - 1);

    /// <summary>End of a window, s.</summary>
    public double EndOf(int window) =>
        window + 1 < windows.Length ? windows[window + 1].StartSeconds
        : window > 0 ? 2 * windows[window].StartSeconds - windows[window - 1].StartSeconds
        : double.PositiveInfinity;

    /// <summary>Lengths at a time: of the last window before it that has lengths, else of the first after it.</summary>
    public ServeGenLengthWindow LengthsAt(double seconds)
    {
        var found = _lengths[0];
        foreach (var window in _lengths)
        {
            if (window.StartSeconds > seconds)
            {
                break;
            }

            found = window;
        }

        return found;
    }

    /// <summary>Reads chunk-i-trace.csv: start, rate, CV, distribution, two parameters, without a header. Of the parameters the first, the shape, is used; the scale
    /// follows from the rate.</summary>
    public static ServeGenClient ReadTrace(int number, Stream csv)
    {
        var lines = new TraceLines(csv);
        var windows = new List<ServeGenWindow>();
        while (lines.TryRead(out var line))
        {
            var fields = Encoding.UTF8.GetString(line).Split(',', StringSplitOptions.TrimEntries);
            if (fields.Length != 6)
            {
                throw lines.Fault($"found {fields.Length} fields; client {number} must have 6: start, rate, CV, distribution and two parameters");
            }

            var (start, rate) = (Parsed(fields[0], lines), Parsed(fields[1], lines));
            if (windows.Count > 0 && start <= windows[^1].StartSeconds)
            {
                throw lines.Fault($"the window at {start} s does not follow the one at {windows[^1].StartSeconds} s");
            }

            windows.Add(new ServeGenWindow(start, rate, rate > 0 ? Process(fields[3], Parsed(fields[4], lines), lines) : null));
        }

        return windows.Count > 1 ? new ServeGenClient(number, [.. windows]) : throw new TraceFormatException(1, $"client {number} has {windows.Count} windows; it must have at least 2");
    }

    /// <summary>Reads chunk-i-dataset.json: window to field to "{length: probability}". Windows without lengths are passed over.</summary>
    public void ReadLengths(Stream json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var found = new List<ServeGenLengthWindow>();
            foreach (var window in document.RootElement.EnumerateObject())
            {
                if (!double.TryParse(window.Name, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var start))
                {
                    throw Fault($"'{window.Name}' is not the start of a window in s");
                }

                var fields = window.Value;
                DiscreteTable[] inputs = [.. InputFields.Select(name => Table(fields, name)).OfType<DiscreteTable>()];
                if (inputs.Length > 0 && Table(fields, "output_tokens") is { } output)
                {
                    found.Add(new ServeGenLengthWindow(start, inputs, output));
                }
            }

            _lengths = [.. found.OrderBy(static w => w.StartSeconds)];
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new TraceFormatException(1, $"the lengths of client {number} are not JSON of windows and fields: {fault.Message}", fault);
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException)
        {
            throw new TraceFormatException(1, "the compressed data are broken or cut off", fault);
        }
    }

    private DiscreteTable? Table(JsonElement fields, string name)
    {
        if (!fields.TryGetProperty(name, out var field))
        {
            return null;
        }

        if (field.ValueKind != JsonValueKind.String)
        {
            throw Fault($"'{name}' must be text such as \"{{45: 0.25, 46: 0.75}}\"");
        }

        var text = Encoding.UTF8.GetBytes(field.GetString()!).AsSpan().Trim(" "u8);
        if (text is not [(byte)'{', .., (byte)'}'])
        {
            throw Fault($"'{name}' must be text such as \"{{45: 0.25, 46: 0.75}}\"");
        }

        var rest = text[1..^1].Trim(" "u8);
        var values = new List<int>();
        var weights = new List<double>();
        while (!rest.IsEmpty)
        {
            if (!Utf8Parser.TryParse(rest, out int length, out var used) || length < 0 || used == rest.Length || rest[used] != ':')
            {
                throw Fault($"'{name}' holds '{TraceLines.Shown(rest[..Math.Min(rest.Length, 24)])}' where a length and a colon must stand");
            }

            rest = rest[(used + 1)..].TrimStart(" "u8);
            if (!Utf8Parser.TryParse(rest, out double weight, out used) || !(weight >= 0 && double.IsFinite(weight)) || (used < rest.Length && rest[used] != ','))
            {
                throw Fault($"'{name}' holds '{TraceLines.Shown(rest[..Math.Min(rest.Length, 24)])}' where a probability must stand");
            }

            rest = rest[Math.Min(rest.Length, used + 1)..].TrimStart(" "u8);
            values.Add(length);
            weights.Add(weight);
        }

        return weights.Exists(static w => w > 0) ? new DiscreteTable([.. values], [.. weights]) : null;
    }

    private TraceFormatException Fault(string problem) => new(1, $"lengths of client {number}: {problem}");

    private static double Parsed(string field, TraceLines lines) =>
        double.TryParse(field, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw lines.Fault($"'{TraceLines.Shown(Encoding.UTF8.GetBytes(field))}' is not a number of at least 0");

    private static ArrivalProcess Process(string name, double shape, TraceLines lines)
    {
        try
        {
            return name switch
            {
                "Gamma" => ArrivalProcess.GammaOfShape(shape),
                "Weibull" => ArrivalProcess.WeibullOfShape(shape),
                _ => throw lines.Fault($"found the distribution '{TraceLines.Shown(Encoding.UTF8.GetBytes(name))}'; known are Gamma and Weibull"),
            };
        }
        catch (ArgumentOutOfRangeException fault)
        {
            throw new TraceFormatException(lines.Number, fault.Message, fault);
        }
    }
}
