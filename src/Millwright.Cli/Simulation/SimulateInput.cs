using System.Globalization;
using Millwright.Cli.Commands;
using Millwright.Quantities;
using Millwright.Scenarios;

namespace Millwright.Cli.Simulation;

/// <summary>What a user asks of a simulation: the options that were typed, over the lines of a file. Messages tell where the wrong one stands.</summary>
internal sealed class SimulateInput
{
    private readonly Dictionary<string, KeyText> _keys = new(StringComparer.Ordinal);

    /// <summary>Gathers the keys.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="allowed">Keys that a file of options may hold.</param>
    /// <exception cref="InputException">The file is wrong, or a key has no value.</exception>
    public SimulateInput(TypedOptions typed, IReadOnlyCollection<string> allowed)
    {
        if (typed.File is not null)
        {
            foreach (KeyText key in FlatKeys.Read(typed.File, allowed))
            {
                _keys[key.Key] = key;
            }
        }

        foreach ((string name, string text) in typed.Values)
        {
            _keys[name] = new KeyText("", 0, 0, name, text);
        }
    }

    private SimulateInput(IEnumerable<KeyText> keys)
    {
        foreach (KeyText key in keys)
        {
            _keys[key.Key] = key;
        }
    }

    /// <summary>What a file of options alone says.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="known">Keys that it may hold.</param>
    /// <returns>Its keys.</returns>
    public static SimulateInput OfFile(string file, IReadOnlyCollection<string> known) => new(FlatKeys.Read(file, known));

    /// <summary>What was asked for of a pool beside: keys that begin with its name stand for those without, of which some have no meaning there.</summary>
    /// <param name="prefix">The name and a hyphen.</param>
    /// <param name="own">Keys that only count with the name.</param>
    /// <returns>The keys of the pool.</returns>
    public SimulateInput Pool(string prefix, params string[] own) => new(_keys.Values
        .Where(key => !own.Contains(key.Key) && !key.Key.StartsWith(prefix, StringComparison.Ordinal))
        .Concat(_keys.Values.Where(key => key.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key with { Key = key.Key[prefix.Length..] })));

    /// <summary>Keys of a list that were given.</summary>
    public IEnumerable<string> Given(IEnumerable<string> names) => names.Where(_keys.ContainsKey);

    /// <summary>True when the key was given.</summary>
    public bool Has(string name) => _keys.ContainsKey(name);

    /// <summary>The text of a key, or null.</summary>
    public string? Text(string name) => _keys.TryGetValue(name, out KeyText? key) ? key.Text.Trim() : null;

    /// <summary>The text of a key that must be given.</summary>
    public string Required(string name, string hint) => Text(name) is { Length: > 0 } text ? text : throw Wrong(name, hint);

    /// <summary>Path of a file: one named in a file of options lies beside that file.</summary>
    public string? Path(string name) => _keys.TryGetValue(name, out KeyText? key)
        ? key.File.Length > 0 ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(key.File) ?? "", key.Text) : key.Text
        : null;

    /// <summary>Paths of a list of files with commas between them, each beside the file that names it.</summary>
    public IReadOnlyList<string> Paths(string name) => Text(name) is not { } text ? [] :
    [
        .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(path => _keys[name].File.Length > 0 ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_keys[name].File) ?? "", path) : path),
    ];

    /// <summary>True or false.</summary>
    public bool Switch(string name) => Text(name) switch
    {
        null or "false" => false,
        "true" => true,
        { } other => throw Wrong(name, $"\"{other}\" was found; true or false is wanted"),
    };

    /// <summary>A whole number, or null.</summary>
    public int? Whole(string name, int least = 1) => Text(name) is { } text
        ? int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least
            ? value
            : throw Wrong(name, $"\"{text}\" was found; a whole number from {least} to {int.MaxValue} is wanted")
        : null;

    /// <summary>A plain number of at least 0, or null.</summary>
    public double? Number(string name) => Text(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw Wrong(name, $"\"{text}\" was found; a number such as 1.5 is wanted");

    /// <summary>A quantity above 0, or null.</summary>
    public double? Quantity(string name, QuantityKind kind)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (!QuantityText.TryParse(text, kind, false, out Amount? amount, out string? problem))
        {
            throw Wrong(name, problem);
        }

        return amount.Mid > 0 && double.IsFinite(amount.Mid) ? amount.Mid : throw Wrong(name, $"\"{text}\" was found; more than 0 is wanted");
    }

    /// <summary>What another reader makes of a text; its message gets the place of the key.</summary>
    public T Read<T>(string name, string text, Func<string, T> reader)
    {
        try
        {
            return reader(text);
        }
        catch (InputException problem) when (problem.File.Length == 0 && _keys.TryGetValue(name, out KeyText? key) && key.File.Length > 0)
        {
            throw new InputException(key.File, key.Line, key.Column, problem.Message);
        }
    }

    /// <summary>One of several words; null where the key was not given.</summary>
    public string? Word(string name, params string[] allowed)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        int found = Array.FindIndex(allowed, word => word.Equals(text, StringComparison.OrdinalIgnoreCase));
        return found >= 0 ? allowed[found] : throw Wrong(name, $"\"{text}\" was found{Spelling.Hint(text, allowed).TrimEnd('?')}; allowed are {string.Join(", ", allowed)}");
    }

    /// <summary>A message about a key, with its place.</summary>
    public InputException Wrong(string name, string message) => _keys.TryGetValue(name, out KeyText? key) && key.File.Length > 0
        ? new InputException(key.File, key.Line, key.Column, $"{name}: {message}.")
        : ServingOptions.Wrong("--" + name, message);
}
