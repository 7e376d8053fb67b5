using System.Buffers.Binary;
using System.Numerics;

namespace Millwright.Catalog;

/// <summary>CRC-32C (Castagnoli), RFC 3720 appendix B.4; one instruction for eight bytes where the processor has it.</summary>
internal static class Crc32C
{
    /// <summary>The checksum.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <returns>CRC-32C with initial value and final inversion of all ones.</returns>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
