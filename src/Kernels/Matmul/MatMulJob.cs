namespace Hearth.Kernels.Matmul;

/// <summary>One matrix product of a region: destination[t][r] = row r of the weights x activations of token t.</summary>
/// <param name="Weights">The matrix.</param>
/// <param name="Activations">Packed in the matrix's layout for its columns and the region's tokens.</param>
/// <param name="Destination">Outputs of the first token.</param>
/// <param name="Stride">Floats from one token's outputs to the next, at least 16 per panel.</param>
public readonly unsafe record struct MatMulJob(PackedMatrix Weights, nint Activations, nint Destination, nint Stride)
{
    internal byte* Source => (byte*)Activations;

    internal float* Outputs => (float*)Destination;
}
