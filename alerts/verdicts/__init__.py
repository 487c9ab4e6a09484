"""What the desk says of alerts (属实, 不属实, 已知), and what that teaches."""
