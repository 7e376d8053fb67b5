using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Millwright.Cli.Output;

/// <summary>Writes a document for machines: each table is an array of objects.</summary>
internal static class DocumentJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(TableDocument document)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("schema", "millwright.tables/1");
            writer.WriteString("tool", CommandLine.Tool);
            writer.WriteString("command", document.Command);
            writer.WriteString("title", document.Title);
            Lines(writer, "summary", document.Summary);
            foreach (DocumentTable table in document.Tables)
            {
                writer.WriteStartArray(table.Name);
                foreach (IReadOnlyList<DocumentCell> row in table.Rows)
                {
                    writer.WriteStartObject();
                    for (int i = 0; i < table.Columns.Count; i++)
                    {
                        Cell(writer, table.Columns[i], row[i]);
                    }

                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            Lines(writer, "notes", document.Notes);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Cell(Utf8JsonWriter writer, DocumentColumn column, DocumentCell cell)
    {
        if (!column.IsNumber)
        {
            writer.WriteString(column.Name, cell.Text);
        }
        else if (cell.Number is { } number && double.IsFinite(number))
        {
            writer.WriteNumber(column.Name, number);
        }
        else
        {
            writer.WriteNull(column.Name);
        }
    }

    private static void Lines(Utf8JsonWriter writer, string name, IReadOnlyList<string> lines)
    {
        writer.WriteStartArray(name);
        foreach (string line in lines)
        {
            writer.WriteStringValue(line);
        }

        writer.WriteEndArray();
    }
}
