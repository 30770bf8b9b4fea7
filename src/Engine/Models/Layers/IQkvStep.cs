namespace Hearth.Engine.Models.Layers;

/// <summary>What a family does to queries, keys or values between projection and attention: rotation, norms, clamps.</summary>
public interface IQkvStep
{
    /// <summary>Changes the rows in place.</summary>
    void Apply(ForwardPass pass, in Qkv qkv, in AttentionShape shape);
}
