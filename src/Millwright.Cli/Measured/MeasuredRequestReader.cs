using System.Globalization;
using Millwright.Scenarios;
using Millwright.Serving.Simulator;

namespace Millwright.Cli.Measured;

/// <summary>Reads the times of each request of a measured run.</summary>
internal static class MeasuredRequestReader
{
    private const string Arrival = "arrival_s";
    private const string Scheduled = "scheduled_s";
    private static readonly string[] s_required = ["input_tokens", "output_tokens", Arrival, "first_token_s", "last_token_s"];

    /// <summary>Reads a run.</summary>
    /// <param name="path">CSV, plain or .gz.</param>
    /// <returns>Requests in order of arrival.</returns>
    /// <exception cref="InputException">The file is wrong.</exception>
    public static IReadOnlyList<MeasuredRequest> Read(string path)
    {
        CsvTable table = CsvTable.Parse(InputBytes.Read(path, "the times of each request of a measured run"), path, s_required);
        List<MeasuredRequest> requests = [];
        foreach (CsvCell[] record in table.Records)
        {
            int input = Tokens("input_tokens");
            int output = Tokens("output_tokens");
            double arrival = Seconds(Arrival);
            double scheduled = table.Cell(record, Scheduled).Text.Length > 0 ? Seconds(Scheduled) : double.NaN;
            (double first, double last) = (Seconds("first_token_s"), Seconds("last_token_s"));
            if (!(arrival <= first && first <= last))
            {
                throw Wrong("last_token_s", "a request comes, makes its first token, and then its last: these times go backwards");
            }

            requests.Add(new MeasuredRequest(input, output, arrival, scheduled, first, last));

            int Tokens(string column) =>
                int.TryParse(table.Cell(record, column).Text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
                    ? value
                    : throw Wrong(column, "a whole number from 1 is wanted");

            double Seconds(string column) =>
                double.TryParse(table.Cell(record, column).Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and < 1e6
                    ? value
                    : throw Wrong(column, "seconds from the start of the run are wanted");

            InputException Wrong(string column, string wanted)
            {
                CsvCell cell = table.Cell(record, column);
                return new InputException(path, cell.Line, cell.Column, $"{column}: \"{CsvTable.Shown(cell.Text)}\" was found; {wanted}.");
            }
        }

        if (requests.Count == 0)
        {
            throw new InputException(path, 0, 0, "The run has no request.");
        }

        return [.. requests.OrderBy(static r => r.ArrivalSeconds)];
    }
}
