using Millwright.Serving.Simulator;
using Millwright.Simulation;

namespace Millwright.Reports.Simulation;

/// <summary>
/// Writes what became of each request as CSV, one row a request. Where requests came at times of their own, the file is a trace, too: read again, it brings
/// the same requests at the same times.
/// </summary>
public static class RequestsCsv
{
    /// <summary>The columns.</summary>
    public const string Header = "request,input_tokens,output_tokens,arrival_s,scheduled_s,first_token_s,last_token_s,cached_tokens,preemptions,status";

    /// <summary>Writes the rows.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="stream">Where the bytes go: UTF-8, line feeds. Times in seconds, exact to the picosecond; empty where there is none.</param>
    public static void Write(RequestTable requests, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(stream);
        ByteText text = new(stream);
        text.Add(Header).Add("\n"u8);
        for (int i = 0; i < requests.Count; i++)
        {
            text.Add(i).Add(","u8).Add(requests.InputTokens[i]).Add(","u8).Add(requests.OutputTokens[i]);
            Time(text, requests.ArrivalPicoseconds[i]);
            Time(text, requests.ScheduledPicoseconds[i]);
            Time(text, requests.FirstTokenPicoseconds[i]);
            Time(text, requests.LastTokenPicoseconds[i]);

            // no cache of prefixes yet
            text.Add(",0,"u8).Add(requests.Preemptions[i]).Add(requests.Status[i] switch
            {
                RequestStatus.Finished => ",finished\n"u8,
                RequestStatus.Refused => ",refused\n"u8,
                _ => ",open\n"u8,
            });
        }

        text.Flush();
    }

    private static void Time(ByteText text, long picoseconds)
    {
        text.Add(","u8);
        if (picoseconds != SimulatedTime.Never)
        {
            text.AddTime(picoseconds);
        }
    }
}
