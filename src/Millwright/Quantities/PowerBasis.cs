namespace Millwright.Quantities;

/// <summary>Where a power is measured. 1 GW of IT power is far more than 1 GW at the utility meter, so a power without a basis is an error.</summary>
public enum PowerBasis
{
    /// <summary>Rated power of the IT equipment: racks, switches, storage.</summary>
    It,

    /// <summary>Power the facility is built for: IT at its peak with cooling, losses and reserve.</summary>
    Facility,

    /// <summary>Power drawn from the utility at the meter: facility power with transformer and line losses.</summary>
    Utility,
}
