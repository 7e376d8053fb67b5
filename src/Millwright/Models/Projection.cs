namespace Millwright.Models;

/// <summary>Matrices that every token of a layer passes through, as one product.</summary>
/// <param name="Name">Name of the operator.</param>
/// <param name="Role">What the weight is.</param>
/// <param name="Inputs">Width of the input of one matrix.</param>
/// <param name="Outputs">Width of the output of one matrix.</param>
/// <param name="Cut">How tensor parallelism cuts it.</param>
/// <param name="Copies">Matrices side by side, each with its own input and output.</param>
/// <param name="Vectors">Parameters of biases that go with it.</param>
internal readonly record struct Projection(
    string Name, WeightRole Role, double Inputs, double Outputs, ProjectionCut Cut, double Copies = 1, double Vectors = 0)
{
    /// <summary>Parameters of the matrices, without biases.</summary>
    public double MatrixParameters => Copies * Inputs * Outputs;
}
