using System.Runtime.InteropServices;
using CreditGrains.Engine.Tables;

namespace CreditGrains.Engine.Loans;

/// <summary>Keeps bytes in chains of pages. The length stands elsewhere, or in front of the bytes.</summary>
internal sealed class LoanPages(RowTable<LoanPageRow> pages)
{
    private const int PageBytes = LoanPageRow.Payload.Length;

    /// <summary>Keeps bytes.</summary>
    /// <returns>The first page; 0 when there are none.</returns>
    public int Write(ulong owner, ReadOnlySpan<byte> bytes)
    {
        int first = 0, last = 0;
        for (var place = 0; !bytes.IsEmpty; place++)
        {
            var row = pages.Add();
            ref var page = ref pages.Write(row);
            page.Owner = owner;
            page.Place = place;
            var taken = Math.Min(PageBytes, bytes.Length);
            bytes[..taken].CopyTo(page.Bytes);
            bytes = bytes[taken..];
            if (last == 0) first = row;
            else pages.Write(last).Next = row;
            last = row;
        }

        return first;
    }

    /// <summary>The bytes of a chain, zeros at the end of its last page included.</summary>
    public byte[] Read(int first)
    {
        var count = 0;
        for (var row = first; row != 0; row = pages.Read(row).Next) count++;
        var bytes = new byte[count * PageBytes];
        var at = 0;
        for (var row = first; row != 0; row = pages.Read(row).Next, at += PageBytes)
            MemoryMarshal.CreateReadOnlySpan(in pages.Read(row).Bytes[0], PageBytes).CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>Frees a chain.</summary>
    public void Free(int first)
    {
        for (var row = first; row != 0;)
        {
            var next = pages.Read(row).Next;
            pages.Free(row);
            row = next;
        }
    }
}
