using Millwright.Performance;

namespace Millwright.Serving.Search;

/// <summary>How far predictions on a system may be off.</summary>
/// <param name="LenderId">The measured system whose kernels it has or borrows: systems of one lender share that part of the error.</param>
/// <param name="SystemId">The system.</param>
/// <param name="Own">Band of the system.</param>
/// <param name="Lender">Band of the lender.</param>
/// <param name="NeverSeen">Band of a chip that the fit has not seen, without what borrowing adds.</param>
internal sealed record PredictionError(string LenderId, string SystemId, ErrorBand Own, ErrorBand Lender, ErrorBand NeverSeen);
