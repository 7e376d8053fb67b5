using System.Text.Json;
using Millwright.Catalog;

namespace Millwright.Scenarios.Tests.CatalogFiles;

public sealed class CatalogBinaryTests
{
    [Fact]
    public void What_was_written_is_read_back()
    {
        CatalogData catalog = WithEveryKind();
        CatalogData read = CatalogBinary.Read(Bytes(catalog));
        Assert.Equal(catalog.Hash, read.Hash);
        Assert.Equal(Text(catalog), Text(read));
        Assert.NotEmpty(read.Claims);
        Assert.NotEmpty(read.LengthHistograms);
    }

    [Fact]
    public void The_hash_does_not_hang_on_files_or_their_order()
    {
        const string A = "  - { id: a, collection: c, metric: m, unit: u, mid: 1, evidence: read, source: s }\n";
        const string B = "  - { id: b, collection: c, metric: m, unit: u, mid: 2, evidence: read, source: s }\n";
        string one = HashOf(("x.yaml", "figures:\n" + A + B));
        Assert.Equal(one, HashOf(("x.yaml", "figures:\n" + B + A)));
        Assert.Equal(one, HashOf(("z.yaml", "figures:\n" + A), ("a.yaml", "figures:\n" + B)));
        Assert.Equal(16, one.Length);
        Assert.Matches("^[0-9a-f]{16}$", one);
    }

    [Theory]
    [InlineData("mid: 1,", "mid: 1.0000001,")]
    [InlineData("source: s", "source: t")]
    [InlineData("evidence: read", "evidence: derived")]
    [InlineData("unit: u", "unit: v")]
    public void The_hash_changes_with_a_value(string from, string to)
    {
        const string A = "figures:\n  - { id: a, metric: m, unit: u, mid: 1, evidence: read, source: s }\n";
        Assert.NotEqual(HashOf(("x.yaml", A)), HashOf(("x.yaml", A.Replace(from, to, StringComparison.Ordinal))));
    }

    [Fact]
    public void Every_damaged_byte_is_noticed()
    {
        byte[] bytes = Bytes(WithEveryKind());
        for (int i = 0; i < bytes.Length; i += 997)
        {
            // The 16 digits of the content's hash are a name, not part of the payload.
            if (i is >= 12 and < 28)
            {
                continue;
            }

            byte[] damaged = [.. bytes];
            damaged[i] ^= 0x40;
            Assert.Throws<InvalidDataException>(() => CatalogBinary.Read(damaged));
        }

        Assert.Throws<InvalidDataException>(() => CatalogBinary.Read(bytes.AsSpan(0, bytes.Length - 1)));
        Assert.Throws<InvalidDataException>(() => CatalogBinary.Read([]));
    }

    [Fact]
    public void Another_format_is_named()
    {
        byte[] bytes = Bytes(CatalogData.Empty);
        bytes[8] = 99;
        Assert.Contains("format 99", Assert.Throws<InvalidDataException>(() => CatalogBinary.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalog_with_a_stale_hash_is_not_written()
    {
        CatalogData empty = CatalogData.Empty;
        var stale = new CatalogData
        {
            Hash = "0000000000000000",
            Figures = empty.Figures,
            Systems = empty.Systems,
            NetworkParts = empty.NetworkParts,
            PriceScopes = empty.PriceScopes,
            Models = empty.Models,
            TokenPrices = empty.TokenPrices,
            Locations = empty.Locations,
            Claims = empty.Claims,
            LengthHistograms = empty.LengthHistograms,
            Workloads = empty.Workloads,
        };
        Assert.Throws<ArgumentException>(() => Bytes(stale));
    }

    [Fact]
    public void Loading_allocates_little_more_than_the_rows_and_their_texts()
    {
        _ = ShippedCatalog.Load();
        long before = GC.GetAllocatedBytesForCurrentThread();
        CatalogData catalog = ShippedCatalog.Load();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 2_500_000, $"{allocated} bytes");
        Assert.NotEmpty(catalog.Systems);
    }

    private static CatalogData WithEveryKind()
    {
        using CatalogDirectory directory = new CatalogDirectory()
            .With("claims.yaml", ClaimRowTests.Whole)
            .With("lengths.yaml", "- { id: l, name: L, input_tokens: [1, 2.5], output_tokens: [3, 4], peak_to_mean: 1.5, source: s, licence: MIT }\n");
        return CatalogYaml.LoadDirectory(directory.Path, ShippedCatalog.Load());
    }

    private static string HashOf(params (string Name, string Text)[] files)
    {
        using var directory = new CatalogDirectory();
        foreach ((string name, string text) in files)
        {
            // The collection is stated, so that the file name is not part of the content.
            directory.With(name, "collection: c\n" + text);
        }

        return CatalogYaml.LoadDirectory(directory.Path).Hash;
    }

    private static byte[] Bytes(CatalogData catalog)
    {
        using var stream = new MemoryStream();
        CatalogBinary.Write(catalog, stream);
        return stream.ToArray();
    }

    private static string Text(CatalogData catalog) => JsonSerializer.Serialize(catalog);
}
