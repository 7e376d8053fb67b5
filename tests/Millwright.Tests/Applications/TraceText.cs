using System.Globalization;
using System.Text;
using Millwright.Applications;
using Millwright.Tests.Serving;

namespace Millwright.Tests.Applications;

/// <summary>Traces as bytes, and what comes out of them.</summary>
internal static class TraceText
{
    /// <summary>Picoseconds of a second.</summary>
    public const long Second = 1_000_000_000_000;

    public static byte[] Sample(string name) => Encoding.UTF8.GetBytes(TestCatalog.Text("traces/" + name));

    public static List<TraceRequest> Read(string text, TraceOptions? options = null) => Read(Encoding.UTF8.GetBytes(text), options);

    public static List<TraceRequest> Read(byte[] bytes, TraceOptions? options = null)
    {
        using var stream = new MemoryStream(bytes);
        return All(TraceRequests.Open(stream, options));
    }

    public static List<TraceRequest> All(IRequestStream stream)
    {
        var requests = new List<TraceRequest>();
        while (stream.TryRead(out var request))
        {
            requests.Add(request);
        }

        return requests;
    }

    /// <summary>Bytes allocated from request 1,000 to the last, in the thriftiest of five passes: the runtime's own work on a method that becomes hot is not the stream's.</summary>
    public static long LeastAllocated(Func<IRequestStream> open)
    {
        var least = long.MaxValue;
        for (var pass = 0; pass < 5; pass++)
        {
            var stream = open();
            for (var row = 0; row < 1000; row++)
            {
                Assert.True(stream.TryRead(out _));
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            long rows = 0;
            while (stream.TryRead(out _))
            {
                rows++;
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(rows >= 2000);
        }

        return least;
    }

    /// <summary>A Vidur trace as long as asked.</summary>
    public static byte[] Vidur(int rows)
    {
        var text = new StringBuilder("arrived_at,num_prefill_tokens,num_decode_tokens\n");
        for (var row = 0; row < rows; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row * 0.05:0.000000},{512 + row % 7},{128 + row % 3}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>An Azure trace as long as asked.</summary>
    public static byte[] Azure(int rows)
    {
        var text = new StringBuilder("TIMESTAMP,ContextTokens,GeneratedTokens\r\n");
        for (var row = 0; row < rows; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"2023-11-16 18:{row / 60 % 60:00}:{row % 60:00}.1234567,{400 + row % 7},{40 + row % 3}\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
