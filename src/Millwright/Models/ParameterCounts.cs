namespace Millwright.Models;

/// <summary>Parameters by kind; doubles, exact up to 2^53.</summary>
/// <param name="Total">All.</param>
/// <param name="Active">Used by one token.</param>
/// <param name="Kept">Kept at 2 bytes whatever the precision.</param>
/// <param name="Matrices">Matrices outside the routed experts.</param>
/// <param name="Experts">Routed experts, biases included.</param>
/// <param name="ExpertMatrices">Routed experts without biases.</param>
internal readonly record struct ParameterCounts(double Total, double Active, double Kept, double Matrices, double Experts, double ExpertMatrices);
