using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>Eight quad lines of bytes biased by 128, as they lie.</summary>
internal readonly unsafe struct ByteLines : IWideLines
{
    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* lines, int quad, int half, WidePart part)
        where TRung : unmanaged, IRung<TRung>
    {
        var bytes = TRung.Load((float*)(lines + (64 * (quad + (4 * half)))));
        if (part == WidePart.Byte)
            return bytes;
        var nibble = TRung.BroadcastByte(15);
        return part == WidePart.LowNibble ? TRung.And(bytes, nibble) : TRung.ShiftRight(bytes, 4, nibble);
    }
}
