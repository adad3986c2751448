"""Loading and saving: scenario folders, theatres, drawings, recordings' embedded scenarios. Pydantic stays in
here.
"""
