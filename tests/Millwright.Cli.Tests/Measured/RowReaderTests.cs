using System.IO.Compression;
using System.Text;
using CsCheck;
using Millwright.Cli.Measured;
using Millwright.Cli.Tests.Commands;
using Millwright.Scenarios;

namespace Millwright.Cli.Tests.Measured;

public sealed class RowReaderTests
{
    private static readonly string[] s_insertions = ["", ",", "\"", "\n", "\r", "-", "NaN", "9e99", "\0", "é", ",,", "true"];

    private const string Line = "a,closed-loop,M,C,vLLM,fp8,1024,128";

    [Fact]
    public void Columns_are_found_by_name_in_any_order_and_others_are_ignored()
    {
        IReadOnlyList<ServingRow> rows = ServingRowReader.Parse(
            "osl,precision,surprise,ISL,framework,chip,model,scenario,id,disagg\r\n128,,\"x, \"\"y\"\"\nz\",1024,vLLM,C,M,closed-loop,a,true\r\n\r\n1,fp8,,2,vLLM,C,M,closed-loop,b,\r\n", "rows.csv");
        Assert.Equal(["a", "b"], rows.Select(r => r.Id));
        Assert.Equal((1024, 128), (rows[0].InputTokens, rows[0].OutputTokens));
        Assert.Equal("", rows[0].Precision);
        Assert.True(rows[0].Apart);
        Assert.False(rows[1].Apart);
        Assert.Null(rows[0].Concurrency);
        Assert.True(rows[1].IsScored);
        Assert.Equal((2, 5), (rows[0].Line, rows[1].Line));
    }

    [Theory]
    [InlineData("", 0, 0, "empty")]
    [InlineData("id,scenario,model,chip,framework,precision,isl\n", 1, 1, "\"osl\" is missing")]
    [InlineData("id,scenario,model,chip,framework,precision,isl,osll\n", 1, 1, "Is it \"osll\"?")]
    [InlineData("id,scenario,model,chip,framework,precision,isl,osl,id\n", 1, 52, "twice")]
    [InlineData(Sample.MinimalHeader + "\n", 1, 1, "no rows")]
    [InlineData(Sample.MinimalHeader + "\n" + Line + "\nb,closed-loop,M,C,vLL", 3, 19, "Found 5 cells where the header has 8")]
    [InlineData(Sample.MinimalHeader + "\na,closed-loop,\"M,C,vLLM,fp8,1024,128\n", 2, 15, "never closes")]
    [InlineData(Sample.MinimalHeader + "\na,closed-loop,\"M\"x,C,vLLM,fp8,1024,128\n", 2, 18, "after a closing quote")]
    [InlineData(Sample.MinimalHeader + "\na,closed-loop,M\"x,C,vLLM,fp8,1024,128\n", 2, 16, "quote stands inside")]
    [InlineData(Sample.MinimalHeader + "\n" + Line + "\n" + Line + "\n", 3, 1, "stands in line 2 already")]
    [InlineData(Sample.MinimalHeader + "\n,closed-loop,M,C,vLLM,fp8,1024,128\n", 2, 1, "must not be empty")]
    [InlineData(Sample.MinimalHeader + "\na,closed-loop,M,C,vLLM,fp8,-1024,128\n", 2, 28, "Column isl: \"-1024\" is no number above 0")]
    [InlineData(Sample.MinimalHeader + "\na,closed-loop,M,C,vLLM,fp8,0,128\n", 2, 28, "above 0")]
    [InlineData(Sample.MinimalHeader + "\na,closed-loop,M,C,vLLM,fp8,NaN,128\n", 2, 28, "Column isl")]
    [InlineData(Sample.MinimalHeader + "\na,closed-loop,M,C,vLLM,fp8,1024,1e999\n", 2, 33, "Column osl")]
    [InlineData(Sample.MinimalHeader + ",tp\n" + Line + ",2.5\n", 2, 37, "no whole number of at least 1")]
    [InlineData(Sample.MinimalHeader + ",disagg\n" + Line + ",perhaps\n", 2, 37, "neither true nor false")]
    [InlineData(Sample.MinimalHeader + ",prefix_cache_hit_gpu\n" + Line + ",1.5\n", 2, 37, "share lies from 0 to below 1")]
    public void A_wrong_table_is_refused_with_its_place(string text, int line, int column, string message)
    {
        InputException problem = Assert.Throws<InputException>(() => ServingRowReader.Parse(text, "rows.csv"));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Equal(("rows.csv", line, column), (problem.File, problem.Line, problem.Column));
    }

    [Fact]
    public void A_compressed_file_reads_as_the_plain_one_and_a_cut_one_is_refused()
    {
        using WorkFolder folder = new();
        byte[] packed = Pack(Sample.Text);
        string whole = folder.File("rows.csv.gz");
        File.WriteAllBytes(whole, packed);
        Assert.Equal(Sample.Rows, ServingRowReader.Read(whole));

        // cut anywhere: in the header, in the data, in the check sum
        foreach (int length in new[] { 3, 12, packed.Length / 2, packed.Length - 9, packed.Length - 4, packed.Length - 1 })
        {
            string cut = folder.File("cut.csv.gz");
            File.WriteAllBytes(cut, packed[..length]);
            InputException problem = Assert.Throws<InputException>(() => ServingRowReader.Read(cut));
            Assert.Contains("broken or cut off", problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_no_text_is_refused()
    {
        using WorkFolder folder = new();
        string binary = folder.File("rows.csv");
        File.WriteAllBytes(binary, [.. Encoding.UTF8.GetBytes(Sample.MinimalHeader + "\na,"), 0, 1, 2]);
        Assert.Equal(2, Assert.Throws<InputException>(() => ServingRowReader.Read(binary)).Line);
        File.WriteAllBytes(binary, [.. Encoding.UTF8.GetBytes(Sample.MinimalHeader + "\n\na,"), 0xff, 0xfe]);
        Assert.Contains("UTF-8", Assert.Throws<InputException>(() => ServingRowReader.Read(binary)).Message, StringComparison.Ordinal);
        Assert.Contains("folder", Assert.Throws<InputException>(() => ServingRowReader.Read(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<InputException>(() => ServingRowReader.Read(folder.File("none.csv"))).Message, StringComparison.Ordinal);
    }

    // Whatever happens to a file on its way, the reader reads it or says where it is wrong, and what it reads can be mapped.
    [Fact]
    public void A_damaged_table_is_read_or_refused_and_never_breaks()
    {
        string text = string.Join('\n', Sample.Text.Split('\n')[..20]) + "\n";
        ServingCaseReader reader = new(Sample.Catalog);
        int refused = 0;
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 40], Gen.Int[0, s_insertions.Length - 1].Select(static i => s_insertions[i])).Holds(
            (at, removed, inserted) =>
            {
                string damaged = text[..at] + inserted + text[Math.Min(text.Length, at + removed)..];
                try
                {
                    foreach (ServingRow row in ServingRowReader.Parse(damaged, "rows.csv"))
                    {
                        MappedRow mapped;
                        lock (reader)
                        {
                            mapped = reader.Read(row);
                        }

                        Assert.True(mapped.Case is not null ^ mapped.Reason.Length > 0);
                    }
                }
                catch (InputException problem)
                {
                    Interlocked.Increment(ref refused);
                    Assert.True(problem.Line > 0, problem.Message);
                    Assert.Equal("rows.csv", problem.File);
                }
            },
            iter: 2000);
        Assert.True(refused > 100);
    }

    private static byte[] Pack(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Optimal))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
