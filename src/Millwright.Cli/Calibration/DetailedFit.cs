using Millwright.Numerics;

namespace Millwright.Cli.Calibration;

/// <summary>
/// Two grids whose values add up: a coarse one over all coordinates and one with finer nodes over the first two. Fitted in turn, each to what the other leaves.
/// </summary>
/// <param name="Coarse">Over all coordinates.</param>
/// <param name="Detail">Over the first two.</param>
internal sealed record DetailedFit(SmoothGrid Coarse, SmoothGrid Detail)
{
    private const int Turns = 4;

    // rounds of reweighting while the other grid still moves, and at last
    private const int FirstRounds = 3;
    private const int LastRounds = 12;

    /// <summary>The value at a point.</summary>
    /// <param name="point">Its coordinates.</param>
    /// <returns>The sum of both grids.</returns>
    public double At(double[] point) => Coarse.At(point) + Detail.At(point[0], point[1]);

    /// <summary>Fits both.</summary>
    /// <param name="axes">Nodes of the coarse grid.</param>
    /// <param name="detailAxes">Nodes of the detail.</param>
    /// <param name="points">Coordinates of the points.</param>
    /// <param name="targets">Value at each point.</param>
    /// <param name="smoothness">Smoothness of each axis of the coarse grid.</param>
    /// <param name="detailSmoothness">Smoothness of each axis of the detail, whose nodes count as evenly spaced: some lie one row apart.</param>
    /// <returns>The fit.</returns>
    public static DetailedFit To(
        double[][] axes, double[][] detailAxes, double[][] points, double[] targets, double[] smoothness, double[] detailSmoothness)
    {
        double[][] even = [.. detailAxes.Select(axis => Enumerable.Range(0, axis.Length).Select(i => (double)i).ToArray())];
        double[][] places = [.. points.Select(point => new[] { Place(detailAxes[0], point[0]), Place(detailAxes[1], point[1]) })];
        double[] rest = new double[points.Length];
        SmoothGrid? coarse = null;
        SmoothGrid? detail = null;
        for (int turn = 1; turn <= Turns; turn++)
        {
            int rounds = turn < Turns ? FirstRounds : LastRounds;
            for (int p = 0; p < rest.Length; p++)
            {
                rest[p] = targets[p] - (detail?.At(places[p]) ?? 0);
            }

            coarse = SmoothGrid.Fit(axes, points, rest, smoothness, rounds);
            for (int p = 0; p < rest.Length; p++)
            {
                rest[p] = targets[p] - coarse.At(points[p]);
            }

            detail = SmoothGrid.Fit(even, places, rest, detailSmoothness, rounds);
        }

        return new DetailedFit(coarse!, new SmoothGrid(detailAxes, [.. detail!.Values]));
    }

    // the number of the node below and the share of the way to the next: linear between nodes, as the grid is
    private static double Place(double[] axis, double x)
    {
        int above = Array.FindIndex(axis, node => node >= x);
        return above switch
        {
            < 0 => axis.Length - 1,
            0 => 0,
            _ => above - 1 + (x - axis[above - 1]) / (axis[above] - axis[above - 1]),
        };
    }
}
