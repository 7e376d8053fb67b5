using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Millwright.Catalog;

/// <summary>
/// The catalog as one binary that loads in milliseconds. Layout, little endian: magic "MWCATLOG", format number (int32), hash of the content
/// (16 ASCII digits), CRC-32C of the payload (uint32), length of the payload (int32), payload. The payload is a table of distinct strings and then
/// the rows of each kind, with strings as indices into the table and a missing number as NaN.
/// </summary>
public static class CatalogBinary
{
    /// <summary>Number of the layout; a reader takes no other.</summary>
    public const int FormatNumber = 2;

    private const int HashOffset = 12;
    private const int HashLength = 16;
    private const int ChecksumOffset = HashOffset + HashLength;
    private const int LengthOffset = ChecksumOffset + sizeof(uint);
    private const int PayloadOffset = LengthOffset + sizeof(int);

    private static ReadOnlySpan<byte> Magic => "MWCATLOG"u8;

    /// <summary>Writes a catalog.</summary>
    /// <param name="catalog">The catalog; rows keep their order.</param>
    /// <param name="stream">Where the bytes go.</param>
    /// <exception cref="ArgumentException">The catalog's hash does not fit its content.</exception>
    public static void Write(CatalogData catalog, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(stream);
        if (catalog.Hash != HashOf(catalog))
        {
            throw new ArgumentException($"the hash {catalog.Hash} does not fit the content", nameof(catalog));
        }

        byte[] payload = CatalogPayloadWriter.Write(catalog);
        Span<byte> header = stackalloc byte[PayloadOffset];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[Magic.Length..], FormatNumber);
        Encoding.ASCII.GetBytes(catalog.Hash, header.Slice(HashOffset, HashLength));
        BinaryPrimitives.WriteUInt32LittleEndian(header[ChecksumOffset..], Crc32C.Of(payload));
        BinaryPrimitives.WriteInt32LittleEndian(header[LengthOffset..], payload.Length);
        stream.Write(header);
        stream.Write(payload);
    }

    /// <summary>Reads a catalog.</summary>
    /// <param name="bytes">What <see cref="Write"/> wrote.</param>
    /// <returns>The catalog.</returns>
    /// <exception cref="InvalidDataException">The bytes are no catalog, of another format, or damaged.</exception>
    public static CatalogData Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < PayloadOffset || !bytes.StartsWith(Magic))
        {
            throw new InvalidDataException("not a compiled catalog");
        }

        int format = BinaryPrimitives.ReadInt32LittleEndian(bytes[Magic.Length..]);
        if (format != FormatNumber)
        {
            throw new InvalidDataException($"compiled catalog of format {format}; this build reads format {FormatNumber}");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[LengthOffset..]);
        ReadOnlySpan<byte> payload = bytes[PayloadOffset..];
        if (payload.Length != length || Crc32C.Of(payload) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]))
        {
            throw new InvalidDataException("compiled catalog is damaged");
        }

        return CatalogPayloadReader.Read(payload, Encoding.ASCII.GetString(bytes.Slice(HashOffset, HashLength)));
    }

    /// <summary>Hash of the content: the first 16 hexadecimal digits of SHA-256 over all rows, sorted by id, so that neither files nor their order matter.</summary>
    /// <param name="catalog">The catalog; its own <see cref="CatalogData.Hash"/> is not looked at.</param>
    /// <returns>16 hexadecimal digits, lower case.</returns>
    public static string HashOf(CatalogData catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        byte[] digest = SHA256.HashData(CatalogPayloadWriter.WriteSorted(catalog));
        return Convert.ToHexStringLower(digest)[..HashLength];
    }
}
