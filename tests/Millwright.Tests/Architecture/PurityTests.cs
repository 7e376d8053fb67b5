using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace Millwright.Tests.Architecture;

/// <summary>The library does no I/O, reads no clock, keeps no static state, and is pure to whoever calls it.</summary>
public sealed class PurityTests
{
    private static readonly Assembly Library = typeof(Planning.Planner).Assembly;

    // Types that reach outside, or to another answer at another time.
    private static readonly string[] BannedTypes =
    [
        "System.Console", "System.TimeProvider", "System.Random", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch", "System.Threading.Timer",
        "System.Security.Cryptography.RandomNumberGenerator", "System.IO.File", "System.IO.Directory", "System.IO.FileInfo", "System.IO.DirectoryInfo", "System.IO.FileStream",
        "System.IO.StreamWriter", "System.IO.Path", "System.Activator",
    ];

    private static readonly string[] BannedNamespaces = ["System.Net", "System.Data", "System.Reflection.Emit"];

    // Of these types some members are pure and others not: the compiler reads Environment for the number of a thread in an iterator, and a date may be parsed.
    private static readonly string[] BannedMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Environment.GetEnvironmentVariable", "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Environment.get_CurrentDirectory",
        "System.Environment.get_MachineName", "System.Environment.get_ProcessorCount", "System.Environment.Exit", "System.Guid.NewGuid",
    ];

    [Fact]
    public void The_library_uses_nothing_that_does_input_or_output()
    {
        (string[] types, string[] members) = Used();
        Assert.Contains("System.Math", types);
        Assert.Contains("System.Math.Max", members);
        string[] wrong =
        [
            .. types.Where(static t => BannedTypes.Contains(t, StringComparer.Ordinal) || BannedNamespaces.Any(b => t.StartsWith(b + ".", StringComparison.Ordinal))),
            .. members.Where(static m => BannedMembers.Contains(m, StringComparer.Ordinal)),
        ];
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_library_has_no_writable_static_field()
    {
        string[] wrong =
        [
            .. Library.GetTypes()
                .Where(static t => !t.IsDefined(typeof(CompilerGeneratedAttribute)) && !t.FullName!.Contains('<'))
                .SelectMany(static t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                .Where(static f => !f.IsInitOnly && !f.IsLiteral)
                .Select(static f => $"{f.DeclaringType!.FullName}.{f.Name}"),
        ];
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_public_type_can_be_changed_through_a_public_field()
    {
        string[] wrong =
        [
            .. Library.GetExportedTypes()
                .SelectMany(static t => t.GetFields(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly))
                .Where(static f => !f.IsInitOnly && !f.IsLiteral && !f.DeclaringType!.IsEnum)
                .Select(static f => $"{f.DeclaringType!.FullName}.{f.Name}"),
        ];
        Assert.Empty(wrong);
    }

    [Fact]
    public void Public_classes_are_sealed_static_or_abstract()
    {
        string[] wrong = [.. Library.GetExportedTypes().Where(static t => t.IsClass && !t.IsSealed && !t.IsAbstract).Select(static t => t.FullName!)];
        Assert.Empty(wrong);
    }

    [Fact]
    public void Undocumented_public_members_are_errors_everywhere_but_in_tests()
    {
        // The compiler holds the documentation; this holds that nobody tells it not to.
        string root = Repository.Root();
        string shared = File.ReadAllText(Path.Combine(root, "Directory.Build.props"));
        Assert.Contains("<GenerateDocumentationFile>true</GenerateDocumentationFile>", shared, StringComparison.Ordinal);
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", shared, StringComparison.Ordinal);
        foreach (string folder in (string[])["src", "catalog", "build"])
        {
            foreach (string project in Directory.EnumerateFiles(Path.Combine(root, folder), "*.csproj", SearchOption.AllDirectories))
            {
                string text = File.ReadAllText(project);
                Assert.DoesNotContain("NoWarn", text, StringComparison.Ordinal);
                Assert.DoesNotContain("GenerateDocumentationFile", text, StringComparison.Ordinal);
                Assert.DoesNotContain("TreatWarningsAsErrors", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Nothing_written_is_left_to_be_done()
    {
        string[] marks = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"];
        string[] wrong =
        [
            .. from file in Repository.WrittenFiles()
               where Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".md" or ".yaml" or ""
               let text = File.ReadAllText(file)
               from mark in marks
               where text.Contains(mark, StringComparison.Ordinal)
               select $"{Path.GetRelativePath(Repository.Root(), file)}: {mark}",
        ];
        Assert.Empty(wrong);
    }

    private static (string[] Types, string[] Members) Used()
    {
        using FileStream stream = File.OpenRead(Library.Location);
        using PEReader image = new(stream);
        MetadataReader metadata = image.GetMetadataReader();
        List<string> types = [];
        foreach (TypeReferenceHandle handle in metadata.TypeReferences)
        {
            types.Add(NameOf(metadata, handle));
        }

        List<string> members = [];
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference)
            {
                members.Add($"{NameOf(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}");
            }
        }

        return ([.. types], [.. members]);
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference reference = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(reference.Namespace)}.{metadata.GetString(reference.Name)}";
    }
}
