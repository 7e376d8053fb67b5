namespace Millwright.Models;

/// <summary>How tensor parallelism cuts a matrix over chips (Megatron-LM: Shoeybi et al., arXiv 1909.08053, section 3).</summary>
internal enum ProjectionCut
{
    /// <summary>
    /// By outputs: each chip reads the whole input and makes its part of the output. Matrices side by side (<see cref="Projection.Copies"/> above 1) are
    /// shared out whole, each with its own input.
    /// </summary>
    Columns,

    /// <summary>By inputs: each chip has its part of the input and makes a partial sum of the whole output; an all-reduce follows.</summary>
    Rows,

    /// <summary>Not cut: each chip holds and computes all of it.</summary>
    Whole,
}
