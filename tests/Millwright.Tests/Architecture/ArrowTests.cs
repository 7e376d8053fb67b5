using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Millwright.Tests.Architecture;

/// <summary>The arrows between the folders of the library run one way, as the table of docs/architecture.md says.</summary>
public sealed class ArrowTests
{
    private const string Root = "Millwright.";

    private static readonly ArchUnitNET.Domain.Architecture Library = new ArchLoader().LoadAssemblies(typeof(Planning.Planner).Assembly).Build();

    public static TheoryData<string> Folders => [.. LayerTable.MayKnow.Keys];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Folder_knows_only_what_the_table_lets_it_know(string folder)
    {
        string[] allowed = [.. LayerTable.MayKnow[folder], folder];
        string[] wrong =
        [
            .. Arrows()
                .Where(arrow => arrow.From == folder && !allowed.Contains(arrow.To, StringComparer.Ordinal))
                .Select(static arrow => $"{arrow.Origin} knows {arrow.Target}")
                .Distinct(StringComparer.Ordinal),
        ];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void The_page_on_the_architecture_shows_this_table()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root(), "docs", "architecture.md"));
        string[] lines = [.. page.Split('\n').SkipWhile(static l => !l.StartsWith("| folder |", StringComparison.Ordinal)).Skip(2).TakeWhile(static l => l.StartsWith('|'))];
        Assert.Equal(LayerTable.MayKnow.Count, lines.Length);
        foreach ((string line, KeyValuePair<string, string[]> row) in lines.Zip(LayerTable.MayKnow))
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            Assert.Equal(row.Key, cells[1]);
            string[] named = cells[3] switch
            {
                "nothing" => [],
                "everything above" => [.. LayerTable.MayKnow.Keys.TakeWhile(k => k != row.Key)],
                _ => cells[3].Split(", "),
            };
            Assert.Equal(row.Value, named);
        }
    }

    [Fact]
    public void Every_folder_of_the_library_is_in_the_table()
    {
        string[] folders = [.. Library.Types.Where(IsOurs).Select(static t => FolderOf(t.FullName)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Assert.Equal(LayerTable.MayKnow.Keys.Order(StringComparer.Ordinal), folders);
    }

    [Fact]
    public void The_table_has_no_circle()
    {
        List<string> placed = [];
        while (placed.Count < LayerTable.MayKnow.Count)
        {
            string? next = LayerTable.MayKnow.FirstOrDefault(row => !placed.Contains(row.Key) && row.Value.All(placed.Contains)).Key;
            Assert.True(next is not null, "These folders know each other in a circle: " + string.Join(", ", LayerTable.MayKnow.Keys.Except(placed)));
            placed.Add(next);
        }
    }

    [Fact]
    public void The_analysis_sees_arrows_through_fields_generics_calls_and_record_members()
    {
        // Known arrows of each kind: without them the analysis would pass on anything.
        (string From, string To)[] seen = [.. Arrows().Select(static a => (a.From, a.To)).Distinct()];
        Assert.Contains(("Studies", "Planning"), seen);
        Assert.Contains(("Planning", "Finance"), seen);
        Assert.Contains(("Serving", "Performance"), seen);
        Assert.Contains(("Performance", "Chips"), seen);
        Assert.Contains(("Finance", "Numerics"), seen);
        Assert.Contains(("Models", "Operators"), seen);
    }

    [Fact]
    public void Source_files_import_only_what_the_table_lets_them_know()
    {
        // Constants are folded into the caller, so the compiled code alone would not tell.
        string library = Path.Combine(Repository.Root(), "src", "Millwright");
        List<string> wrong = [];
        foreach (string file in Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories))
        {
            string folder = Path.GetRelativePath(library, file).Split(Path.DirectorySeparatorChar)[0];
            string[] allowed = [.. LayerTable.MayKnow[folder], folder];
            foreach (Match used in Regex.Matches(
                File.ReadAllText(file), @"^using (?:static )?(?:\w+ = )?Millwright\.(\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)))
            {
                string target = used.Value[(used.Value.LastIndexOf('.') + 1)..];
                if (!allowed.Contains(target, StringComparer.Ordinal))
                {
                    wrong.Add($"{Path.GetRelativePath(library, file)} imports {target}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Namespace_of_each_type_is_its_folder()
    {
        string library = Path.Combine(Repository.Root(), "src", "Millwright");
        string[] wrong =
        [
            .. Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories)
                .Where(file => !File.ReadAllText(file).Contains(
                    "namespace Millwright." + Path.GetRelativePath(library, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.') + ";", StringComparison.Ordinal)),
        ];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void The_library_stands_on_the_runtime_alone()
    {
        string[] others =
        [
            .. typeof(Planning.Planner).Assembly.GetReferencedAssemblies().Select(static a => a.Name!)
                .Where(static name => !name.StartsWith("System.", StringComparison.Ordinal)),
        ];
        Assert.Empty(others);
    }

    private static bool IsOurs(IType type) => type.FullName.StartsWith(Root, StringComparison.Ordinal) && !type.FullName.Contains('<');

    private static IEnumerable<(string From, string To, string Origin, string Target)> Arrows() =>
        from type in Library.Types
        where type.FullName.StartsWith(Root, StringComparison.Ordinal)
        from dependency in type.Dependencies
        from target in Names(dependency.Target.FullName)
        select (FolderOf(type.FullName), FolderOf(target), type.FullName, target);

    // A generic target is written with its arguments inside: each Millwright name in it is known.
    private static IEnumerable<string> Names(string target) =>
        Regex.Matches(target, @"Millwright\.[\w.]+", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)).Select(static m => m.Value);

    private static string FolderOf(string fullName)
    {
        string rest = fullName[Root.Length..];
        int dot = rest.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? rest : rest[..dot];
    }
}
