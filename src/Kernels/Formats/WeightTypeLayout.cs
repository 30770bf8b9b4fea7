namespace Hearth.Kernels.Formats;

/// <summary>
/// How many weights of a type share how many bytes, for every <see cref="WeightType"/>: enough to find and check a tensor's
/// bytes in a file, also where <see cref="WeightFormat"/> cannot decode them.
/// </summary>
/// <param name="BlockWeights">Weights in one block; a row's length is a multiple of it.</param>
/// <param name="BlockBytes">Bytes of one block.</param>
/// <remarks>Source: the block structures of the GGUF reference implementation.</remarks>
public readonly record struct WeightTypeLayout(int BlockWeights, int BlockBytes)
{
    /// <summary>Finds a type's layout.</summary>
    /// <param name="type">The type's number in files, known or not.</param>
    /// <param name="layout">Receives the layout.</param>
    /// <returns>Whether the number belongs to a known type.</returns>
    public static bool TryGet(WeightType type, out WeightTypeLayout layout)
    {
        layout = type switch
        {
            WeightType.F32 => new(1, 4),
            WeightType.F16 => new(1, 2),
            WeightType.BF16 => new(1, 2),
            WeightType.F64 => new(1, 8),
            WeightType.I8 => new(1, 1),
            WeightType.I16 => new(1, 2),
            WeightType.I32 => new(1, 4),
            WeightType.I64 => new(1, 8),
            WeightType.Q4_0 => new(32, 18),
            WeightType.Q4_1 => new(32, 20),
            WeightType.Q5_0 => new(32, 22),
            WeightType.Q5_1 => new(32, 24),
            WeightType.Q8_0 => new(32, 34),
            WeightType.Q8_1 => new(32, 36),
            WeightType.Q2_K => new(256, 84),
            WeightType.Q3_K => new(256, 110),
            WeightType.Q4_K => new(256, 144),
            WeightType.Q5_K => new(256, 176),
            WeightType.Q6_K => new(256, 210),
            WeightType.Q8_K => new(256, 292),
            WeightType.IQ1_S => new(256, 50),
            WeightType.IQ1_M => new(256, 56),
            WeightType.IQ2_XXS => new(256, 66),
            WeightType.IQ2_XS => new(256, 74),
            WeightType.IQ2_S => new(256, 82),
            WeightType.IQ3_XXS => new(256, 98),
            WeightType.IQ3_S => new(256, 110),
            WeightType.IQ4_NL => new(32, 18),
            WeightType.IQ4_XS => new(256, 136),
            WeightType.TQ1_0 => new(256, 54),
            WeightType.TQ2_0 => new(256, 66),
            WeightType.MXFP4 => new(32, 17),
            WeightType.NVFP4 => new(64, 36),
            WeightType.Q1_0 => new(128, 18),
            WeightType.Q2_0 => new(64, 18),
            _ => default,
        };
        return layout.BlockBytes != 0;
    }
}
