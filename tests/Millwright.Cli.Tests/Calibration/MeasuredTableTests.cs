using System.IO.Compression;
using System.Text;
using CsCheck;
using Millwright.Cli.Calibration;
using Millwright.Cli.Tests.Commands;
using Millwright.Scenarios;

namespace Millwright.Cli.Tests.Calibration;

public sealed class MeasuredTableTests
{
    private const string Text = "kernel,m,n,latency_us\na,1,2,3.5\nb,4,5,6e-1\r\na,7,8,9\n";

    [Fact]
    public void Columns_are_found_by_name()
    {
        using WorkFolder folder = new();
        MeasuredTable table = MeasuredTable.Read(folder.File("t.csv", Text), ["latency_us", "m"], ["kernel", "?backend"]);
        Assert.Equal(3, table.Rows);
        Assert.Equal([3.5, 0.6, 9], table.Numbers("latency_us"));
        Assert.Equal([1, 4, 7], table.Numbers("m"));
        Assert.Equal(["a", "b", "a"], table.Words("kernel"));
        Assert.Equal(["", "", ""], table.Words("backend"));
    }

    [Fact]
    public void A_compressed_table_reads_as_the_plain_one_also_where_lines_cross_the_buffer()
    {
        using WorkFolder folder = new();
        StringBuilder text = new("x,y\n");
        for (int i = 0; i < 40000; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{i},{i * 0.5}\n");
        }

        MeasuredTable plain = MeasuredTable.Read(folder.File("t.csv", text.ToString()), ["x", "y"], []);
        MeasuredTable packed = MeasuredTable.Read(Packed(folder, text.ToString()), ["x", "y"], []);
        Assert.Equal(40000, plain.Rows);
        Assert.Equal(plain.Numbers("y"), packed.Numbers("y"));
        Assert.Equal(39999, plain.Numbers("x")[^1]);
    }

    [Theory]
    [InlineData("m,n,latency_us\n1,2,x\n", 2, "\"x\" is no number")]
    [InlineData("m,n,latency_us\n1,2,3\n1,-2,3\n", 3, "is no number from 0")]
    [InlineData("m,n,latency_us\n1,2,NaN\n", 2, "is no number")]
    [InlineData("m,n,latency_us\n1,2,1e999\n", 2, "is no number")]
    [InlineData("m,n,latency_us\n1,2\n", 2, "2 fields")]
    [InlineData("m,n,latency_us\n1,2,3,4\n", 2, "more fields")]
    [InlineData("m,n,time\n1,2,3\n", 1, "no column \"latency_us\"")]
    [InlineData("", 1, "empty")]
    [InlineData("m,n,latency_us\n", 0, "no rows")]
    public void A_wrong_table_is_refused_with_its_line(string text, int line, string word)
    {
        using WorkFolder folder = new();
        string file = folder.File("t.csv", text);
        InputException problem = Assert.Throws<InputException>(() => MeasuredTable.Read(file, ["m", "n", "latency_us"], []));
        Assert.Equal((file, line), (problem.File, problem.Line));
        Assert.Contains(word, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_without_end_is_refused_and_not_taken_in_whole()
    {
        using WorkFolder folder = new();
        string file = folder.File("t.csv", "m\n" + new string('1', 1 << 20));
        Assert.Contains("too long", Assert.Throws<InputException>(() => MeasuredTable.Read(file, ["m"], [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_or_damaged_gzip_is_refused_and_never_read_in_part()
    {
        using WorkFolder folder = new();
        byte[] whole = File.ReadAllBytes(Packed(folder, Text + string.Concat(Enumerable.Range(0, 300).Select(static i => $"k{i % 7},{i},{i * 3},{i * 1.25}\n"))));
        string file = folder.File("cut.csv.gz");
        Gen.Int[0, whole.Length - 1].Holds(
            cut =>
            {
                File.WriteAllBytes(file, whole[..cut]);
                Assert.Throws<InputException>(() => MeasuredTable.Read(file, ["m"], ["kernel"]));
            },
            iter: 200,
            threads: 1);

        // what is damaged in the deflated part is found by the checksum; the head holds fields that nobody needs
        Gen.Select(Gen.Int[10, whole.Length - 1], Gen.Int[1, 255]).Holds(
            (place, change) =>
            {
                byte[] damaged = [.. whole];
                damaged[place] ^= (byte)change;
                File.WriteAllBytes(file, damaged);
                Assert.Throws<InputException>(() => MeasuredTable.Read(file, ["m"], ["kernel"]));
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public void Any_bytes_end_in_a_table_or_in_a_refusal()
    {
        using WorkFolder folder = new();
        string file = folder.File("any.csv");
        Gen.OneOf(Gen.Byte.Array[0, 200], Gen.Char[",\n\r0123456789.eE-xm"].Array[0, 80].Select(c => Encoding.ASCII.GetBytes("m,x\n" + new string(c)))).Holds(
            bytes =>
            {
                File.WriteAllBytes(file, bytes);
                try
                {
                    Assert.True(MeasuredTable.Read(file, ["m"], ["x"]).Rows > 0);
                }
                catch (InputException problem)
                {
                    Assert.Equal(file, problem.File);
                }
            },
            iter: 500,
            threads: 1);
    }

    private static string Packed(WorkFolder folder, string text)
    {
        string file = folder.File("packed.csv.gz");
        using GZipStream stream = new(File.Create(file), CompressionLevel.Optimal);
        stream.Write(Encoding.UTF8.GetBytes(text));
        return file;
    }
}
