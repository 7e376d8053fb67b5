using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Reports.Simulation;

/// <summary>
/// Writes what became of each request as CSV, one row a request. Where requests came at times of their own, the file is a trace, too: read again, it brings
/// the same requests at the same times.
/// </summary>
public sealed class RequestsCsv
{
    /// <summary>The columns.</summary>
    public const string Header = "request,input_tokens,output_tokens,arrival_s,scheduled_s,first_token_s,last_token_s,cached_tokens,preemptions,status";

    private readonly ByteText _text;

    /// <summary>Begins a file with its columns.</summary>
    /// <param name="stream">Where the bytes go: UTF-8, line feeds. Times in seconds, exact to the picosecond; empty where there is none.</param>
    public RequestsCsv(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _text = new ByteText(stream);
        _text.Add(Header).Add("\n"u8);
    }

    /// <summary>Writes the rows of all requests.</summary>
    /// <param name="requests">The requests, of which none is forgotten.</param>
    /// <param name="stream">Where the bytes go.</param>
    public static void Write(RequestTable requests, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(requests);
        RequestsCsv csv = new(stream);
        for (int i = 0; i < requests.Count; i++)
        {
            csv.Add(requests, i);
        }

        csv.End();
    }

    /// <summary>Adds a row.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="id">Which of them.</param>
    public void Add(RequestTable requests, int id)
    {
        ArgumentNullException.ThrowIfNull(requests);
        _text.Add(id).Add(","u8).Add(requests.InputTokens[id]).Add(","u8).Add(requests.OutputTokens[id]);
        Time(_text, requests.ArrivalPicoseconds[id]);
        Time(_text, requests.ScheduledPicoseconds[id]);
        Time(_text, requests.FirstTokenPicoseconds[id]);
        Time(_text, requests.LastTokenPicoseconds[id]);
        _text.Add(","u8).Add(requests.CachedTokens(id)).Add(","u8).Add(requests.Preemptions[id]).Add(requests.Status[id] switch
        {
            RequestStatus.Finished => ",finished\n"u8,
            RequestStatus.Open => ",open\n"u8,
            RequestStatus.Shed => ",shed\n"u8,
            RequestStatus.GivenUp => ",given-up\n"u8,
            _ => ",refused\n"u8,
        });
    }

    /// <summary>Writes what is still on its way.</summary>
    public void End() => _text.Flush();

    private static void Time(ByteText text, long picoseconds)
    {
        text.Add(","u8);
        if (picoseconds != SimulatedTime.Never)
        {
            text.AddTime(picoseconds);
        }
    }
}
