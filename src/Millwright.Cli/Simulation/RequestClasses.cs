using System.Globalization;
using Millwright.Quantities;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Simulation;

/// <summary>A class of requests as it was asked for.</summary>
/// <param name="Class">Its share, priority and limits.</param>
/// <param name="Fleets">Names of the fleets that take it, the first choice first; empty for all.</param>
internal sealed record RequestClass(ServiceClass Class, IReadOnlyList<string> Fleets);

/// <summary>Reads classes: "live 70% ttft=1s tpot=40ms; batch 30% priority=1".</summary>
internal static class RequestClasses
{
    private const int Most = 255;
    private const double Tolerance = 1e-6;
    private const string Wanted = "NAME SHARE and then ttft=TIME, tpot=TIME, priority=N, fleets=NAME,NAME are wanted, classes with a semicolon between them";

    public static IReadOnlyList<RequestClass> Read(SimulateInput input)
    {
        if (input.Text("classes") is not { } text)
        {
            return [];
        }

        List<RequestClass> classes = [];
        foreach (string part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            classes.Add(One(input, part));
        }

        double sum = classes.Sum(static one => one.Class.Share);
        if (Math.Abs(sum - 1) > Tolerance)
        {
            throw input.Wrong("classes", string.Create(CultureInfo.InvariantCulture, $"the shares make {sum * 100:0.###} %; 100 % is wanted"));
        }

        return classes.Count <= Most ? classes : throw input.Wrong("classes", string.Create(CultureInfo.InvariantCulture, $"{classes.Count} classes were found; at most {Most} can be"));
    }

    private static RequestClass One(SimulateInput input, string part)
    {
        string[] words = part.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2)
        {
            throw input.Wrong("classes", $"\"{part}\" was found; {Wanted}");
        }

        double share = Amount(input, words[1], QuantityKind.Fraction);
        ServiceLimits limits = new(double.PositiveInfinity);
        int priority = 0;
        string[] fleets = [];
        foreach (string word in words.Skip(2))
        {
            string[] pair = word.Split('=', 2);
            switch (pair)
            {
                case ["ttft", var time]:
                    limits = limits with { TimeToFirstTokenSeconds = Amount(input, time, QuantityKind.Duration) };
                    break;
                case ["tpot", var time]:
                    limits = limits with { TimePerOutputTokenSeconds = Amount(input, time, QuantityKind.Duration) };
                    break;
                case ["priority", var number] when int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out priority):
                    break;
                case ["fleets", var names]:
                    fleets = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                    break;
                default:
                    throw input.Wrong("classes", $"\"{word}\" was found in \"{part}\"; {Wanted}");
            }
        }

        return new RequestClass(new ServiceClass(words[0], share, priority, limits), fleets);
    }

    private static double Amount(SimulateInput input, string text, QuantityKind kind) =>
        QuantityText.TryParse(text, kind, false, out Amount? amount, out string? problem) && amount.Mid > 0
            ? amount.Mid
            : throw input.Wrong("classes", $"\"{text}\": {(problem is { Length: > 0 } ? problem : "more than 0 is wanted")}");
}
