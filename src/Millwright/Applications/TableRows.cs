using System.Text;

namespace Millwright.Applications;

/// <summary>Rows of a CSV trace: fields cut at commas, the columns that matter found by the header. Allocates nothing per row.</summary>
internal sealed class TableRows : TraceRows
{
    // a file of results is in order of request, and its clocks are those of the replicas that took them
    private const int RowsAhead = 256;

    private static readonly Shape[] Shapes =
    [
        new(TraceFormat.Azure, "TIMESTAMP", "ContextTokens", "GeneratedTokens"),
        new(TraceFormat.BurstGpt, "Timestamp", "Request tokens", "Response tokens", "Session ID"),
        new(TraceFormat.LengthTable, "", "input_length", "output_length"),
        new(TraceFormat.RequestTable, "arrival_s", "input_tokens", "output_tokens", "session", "request", "priority"),
        new(TraceFormat.Vidur, "arrived_at", "num_prefill_tokens", "num_decode_tokens"),
    ];

    private readonly Role[] _roles;
    private readonly SeenIds? _ids;
    private long _row;

    private TableRows(TraceLines lines, Shape shape, string[] columns)
        : base(lines)
    {
        Format = shape.Format;
        _roles = [.. columns.Select(shape.RoleOf)];
        HasClock = _roles.Contains(Role.Stamp);
        _ids = _roles.Contains(Role.Id) ? new SeenIds() : null;
    }

    private enum Role
    {
        None,
        Stamp,
        Input,
        Output,
        Session,
        Id,
        Priority,
    }

    /// <summary>Formats in words.</summary>
    public static string KnownNames => $"the columns {KnownColumns}";

    private static string KnownColumns =>
        $"{string.Join("; ", Shapes.Select(static s => $"{s.Input}, {s.Output}"))}, or JSON lines with input_length, output_length";

    /// <inheritdoc/>
    public override TraceFormat Format { get; }

    /// <inheritdoc/>
    public override bool HasClock { get; }

    /// <inheritdoc/>
    public override long GranularityPicoseconds => Format == TraceFormat.BurstGpt ? TraceStamp.SecondPicoseconds : base.GranularityPicoseconds;

    /// <inheritdoc/>
    public override int LookAhead => _ids is not null && HasClock ? RowsAhead : 0;

    /// <summary>Reads the header.</summary>
    public static TableRows Open(TraceLines lines, ReadOnlySpan<byte> header)
    {
        string[] columns = Encoding.UTF8.GetString(header).Split(',', StringSplitOptions.TrimEntries);
        var shape = Array.Find(Shapes, s => columns.Contains(s.Input) && columns.Contains(s.Output));
        if (shape is null)
        {
            throw lines.Fault($"found the columns '{TraceLines.Shown(header)}'; known are {KnownColumns}");
        }

        var twice = columns.GroupBy(static c => c).FirstOrDefault(g => g.Count() > 1 && shape.RoleOf(g.Key) != Role.None);
        return twice is null ? new TableRows(lines, shape, columns) : throw lines.Fault($"the column '{twice.Key}' stands {twice.Count()} times in the header");
    }

    /// <inheritdoc/>
    public override bool TryRead(out TraceRow row)
    {
        row = default;
        row.Session = -1;
        row.Id = _row;
        if (!Lines.TryRead(out var line))
        {
            return false;
        }

        var roles = _roles;
        var begin = 0;
        for (var column = 0; column < roles.Length; column++)
        {
            var end = begin;
            while (end < line.Length && line[end] != ',')
            {
                end++;
            }

            if ((end == line.Length) != (column == roles.Length - 1))
            {
                throw Lines.Fault($"found {line.Count((byte)',') + 1} fields where the header has {roles.Length}: '{TraceLines.Shown(line)}'");
            }

            if (roles[column] != Role.None)
            {
                Take(roles[column], Trimmed(line[begin..end]), ref row);
            }

            begin = end + 1;
        }

        _row++;
        if (_ids is not null && !_ids.Add(row.Id))
        {
            throw Lines.Fault($"the request {row.Id} stands in an earlier line too; ids must differ");
        }

        return true;
    }

    // blanks are rare, and Trim looks for them at length
    private static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> field) =>
        field.Length == 0 || (field[0] > ' ' && field[^1] > ' ') ? field : field.Trim(" \t"u8);

    private void Take(Role role, ReadOnlySpan<byte> field, ref TraceRow row)
    {
        switch (role)
        {
            case Role.Stamp:
                row.Stamp = Stamp(field);
                break;
            case Role.Input:
                row.InputTokens = Tokens(field);
                break;
            case Role.Output:
                row.OutputTokens = Tokens(field);
                break;
            case Role.Session:
                row.Session = Session(field);
                break;
            case Role.Id:
                row.Id = TryWhole(field, long.MaxValue, out var id) ? id : throw Lines.Fault($"'{TraceLines.Shown(field)}' is not a whole number for the request");
                break;
            case Role.Priority:
                var negative = field is [(byte)'-', ..];
                row.Priority = TryWhole(negative ? field[1..] : field, int.MaxValue, out var priority)
                    ? (int)(negative ? -priority : priority)
                    : throw Lines.Fault($"'{TraceLines.Shown(field)}' is not a whole number for the priority");
                break;
        }
    }

    private int Tokens(ReadOnlySpan<byte> field) =>
        TryWhole(field, int.MaxValue, out var tokens) ? (int)tokens : throw Lines.Fault($"'{TraceLines.Shown(field)}' is not a whole number of tokens up to {int.MaxValue}");

    private TraceStamp Stamp(ReadOnlySpan<byte> field) =>
        TraceStamp.TryNumber(field, TraceStamp.SecondPicoseconds, out var stamp) || TraceStamp.TryDate(field, out stamp)
            ? stamp
            : throw Lines.Fault($"'{TraceLines.Shown(field)}' is not a date and time, nor a number of seconds of at least 0");

    // a number, or any text, by its hash
    private static long Session(ReadOnlySpan<byte> field) =>
        field.IsEmpty || field.SequenceEqual("-1"u8) ? -1 : TryWhole(field, long.MaxValue, out var session) ? session : TextHash.OfSession(field);

    private static bool TryWhole(ReadOnlySpan<byte> field, long greatest, out long number)
    {
        number = 0;
        if (field.Length is 0 or > 18)
        {
            return false;
        }

        foreach (var letter in field)
        {
            if ((uint)(letter - '0') > 9)
            {
                return false;
            }

            number = number * 10 + (letter - '0');
        }

        return number <= greatest;
    }

    private sealed record Shape(TraceFormat Format, string Time, string Input, string Output, string Session = "", string Id = "", string Priority = "")
    {
        public Role RoleOf(string column) =>
            column.Length == 0 ? Role.None
            : column == Time ? Role.Stamp
            : column == Input ? Role.Input
            : column == Output ? Role.Output
            : column == Session ? Role.Session
            : column == Id ? Role.Id
            : column == Priority ? Role.Priority
            : Role.None;
    }
}
