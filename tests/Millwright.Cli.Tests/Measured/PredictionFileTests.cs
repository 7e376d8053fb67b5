using Millwright.Cli.Measured;

namespace Millwright.Cli.Tests.Measured;

public sealed class PredictionFileTests
{
    [Fact]
    public void The_file_has_exactly_the_agreed_columns()
    {
        ServingRow lacking = Sample.Row with { Id = "b", Concurrency = null };
        RowPrediction[] predictions = RowPrediction.Of(
            [Sample.Row, lacking, Sample.Row with { Id = "c", TensorWays = 4 }], new ServingCaseReader(Sample.Catalog), new FixedPredictor(Sample.Estimate(25, 1234.5678901, 200), refusedTensorWays: 4), null, CancellationToken.None);
        Assert.Equal(
            """
            id,status,reason,tpot_ms_mean,tpot_ms_p50,tpot_ms_low,tpot_ms_high,ttft_ms_mean,ttft_ms_p50,ttft_ms_p99,total_tok_s_per_chip,output_tok_s_per_chip,max_request_rate_per_s,avg_power_w_per_chip,joules_per_output_token
            a,ok,,25,25,20.83333,30,500,500,,1234.568,200,3,700,3.5
            b,unanswered,the row states no concurrency,,,,,,,,,,,,
            c,refused,does not divide,,,,,,,,,,,,

            """.ReplaceLineEndings("\n"),
            PredictionFile.Text(predictions));
    }

    [Fact]
    public void Reasons_with_commas_and_quotes_are_quoted_and_boards_count_as_one()
    {
        MappedRow mapped = Sample.Map(Sample.Row) with { ChipsPerCountedChip = 2 };
        string line = PredictionFile.Text([new RowPrediction(mapped, Sample.Estimate(25, 100, 10), RowPrediction.Ok, "a \"b\", c\nd")]).Split('\n')[1];
        Assert.Equal("a,ok,\"a \"\"b\"\", c d\",25,25,20.83333,30,500,500,,200,20,3,1400,70", line);
        CsvTable table = CsvTable.Parse(PredictionFile.Header + "\n" + line + "\n", "p.csv", ["reason"]);
        Assert.Equal("a \"b\", c d", table.Cell(table.Records[0], "reason").Text);
    }

    [Fact]
    public void The_order_is_that_of_the_rows_on_any_number_of_threads()
    {
        IReadOnlyList<ServingRow> rows = [.. Enumerable.Range(0, 40).SelectMany(round => Sample.Rows.Select(r => r with { Id = r.Id + round }))];
        string text = PredictionFile.Text(RowPrediction.Of(rows, new ServingCaseReader(Sample.Catalog), new FixedPredictor(Sample.Estimate(25)), null, CancellationToken.None));
        Assert.Equal(rows.Select(r => r.Id), text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(',')[0]));
    }
}
